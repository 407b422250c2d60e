// s·x₀; s stays f32.

fn merge(i: u32) -> vec4f {
  return work(x(0u, i) * coeff_scale(0u));
}
