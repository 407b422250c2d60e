// zero + Σ sₖ·(xₖ − zero), f32 in every dialect; zero is the base where task vectors are combined, else 0.
// Coefficients: around_base; share of each model. Where there are guides the shares are theirs: one for all models,
// or one for each.

#constant AROUND_BASE aroundBase
override AROUND_BASE: f32 = 0.0;

fn share(k: u32, i: u32) -> vec4f {
  if (GUIDES == 0u) {
    return vec4f(coeff_share(k));
  }
  return guide(min(k, GUIDES - 1u), i);
}

fn combine(i: u32) -> vec4f {
  let zero = select(vec4f(), base(i), AROUND_BASE == 1.0);
  var sum = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    sum += share(k, i) * (x(k, i) - zero);
  }
  return zero + sum;
}
