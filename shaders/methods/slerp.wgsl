// zero + a·(x₀ − zero) + b·(x₁ − zero), where zero is the base when task vectors are turned, else 0.
// The angle is in a and b already; f32 in every dialect. coeffs: a, b, turn task vectors.

fn merge(i: u32) -> vec4f {
  let zero = select(vec4f(), base(i), coeffs[2] == 1.0);
  let first = coeffs[0] * (x(0u, i) - zero);
  let second = coeffs[1] * (x(1u, i) - zero);
  return zero + (first + second);
}
