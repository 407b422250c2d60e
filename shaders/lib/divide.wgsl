// One leaves values as they are: WGSL does not promise that dividing by one does.
fn divided(v: vec4f, divisor: f32) -> vec4f {
  if (divisor == 1.0) {
    return v;
  }
  return work(v / divisor);
}
