// TIES step 1: keep the largest elements of a task vector, exactly k of them, the lowest index first
// among equals. Five coefficients a model: weight, magnitude, cut (two 16-bit halves), scale.

const TRIM_STRIDE = 5u;

// What is left of model k's task vector. Magnitudes are compared as bit patterns, which order alike,
// so that no subnormal is flushed on the way.
fn trimmed(trims: u32, k: u32, tau: vec4f, index: vec4u) -> vec4f {
  let at = trims + TRIM_STRIDE * k;
  let size = bitcast<vec4u>(tau) & vec4u(0x7fffffffu);
  let limit = vec4u(bitcast<u32>(coeffs[at + 1u]));
  let cut = vec4u((u32(coeffs[at + 2u]) << 16u) | u32(coeffs[at + 3u]));
  let dropped = (size < limit) | ((size == limit) & (index >= cut));
  return select(work(tau * coeffs[at + 4u]), vec4f(), dropped);
}

fn trim_weight(trims: u32, k: u32) -> f32 {
  return work_scalar(coeffs[trims + TRIM_STRIDE * k]);
}
