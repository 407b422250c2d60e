// s·x₀.

fn merge(i: u32) -> vec4f {
  return work(x(0u, i) * work_scalar(coeff_scale(0u)));
}
