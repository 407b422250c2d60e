// zero + Σ sₖ·(xₖ − zero), f32 in every dialect; zero is the base where task vectors are combined, else 0.
// Coefficients: around_base; share of each model.

#constant AROUND_BASE aroundBase
override AROUND_BASE: f32 = 0.0;

fn combine(i: u32) -> vec4f {
  let zero = select(vec4f(), base(i), AROUND_BASE == 1.0);
  var sum = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    sum += coeff_share(k) * (x(k, i) - zero);
  }
  return zero + sum;
}
