// TIES step 1: keep the largest elements of a task vector, exactly k of them, the lowest index first
// among equals. Coefficients of each model: magnitude, cut, rescale.

// What is left of model k's task vector. Magnitudes are compared as bit patterns, which order alike,
// so that no subnormal is flushed on the way.
fn trimmed(k: u32, tau: vec4f, index: vec4u) -> vec4f {
  let size = bitcast<vec4u>(tau) & vec4u(0x7fffffffu);
  let limit = vec4u(bitcast<u32>(coeff_magnitude(k)));
  let cut = vec4u(coeff_cut(k));
  let dropped = (size < limit) | ((size == limit) & (index >= cut));
  return select(work(tau * coeff_rescale(k)), vec4f(), dropped);
}
