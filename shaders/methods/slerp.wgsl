// zero + a·(x₀ − zero) + b·(x₁ − zero), where zero is the base when task vectors are turned, else 0.
// The angle is in the coefficients already; f32 in every dialect.

fn merge(i: u32) -> vec4f {
  let zero = select(vec4f(), base(i), coeff_turns_task_vectors() == 1.0);
  let first = coeff_first() * (x(0u, i) - zero);
  let second = coeff_second() * (x(1u, i) - zero);
  return zero + (first + second);
}
