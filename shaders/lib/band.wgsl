// Model Breadcrumbs: keep a band of magnitudes of a task vector (Davari and Belilovsky 2023, section 3).
// Coefficients of each model: those of lib/trim; ceiling, ceiling_cut.

#import lib/trim

fn banded(k: u32, tau: vec4f, index: vec4u) -> vec4f {
  let size = bitcast<vec4u>(tau) & vec4u(0x7fffffffu);
  let limit = vec4u(bitcast<u32>(coeff_ceiling(k)));
  let is_number = size <= vec4u(0x7f800000u);
  let outlier = is_number & ((size > limit) | ((size == limit) & (index < vec4u(coeff_ceiling_cut(k)))));
  return select(trimmed(k, tau, index), vec4f(), outlier);
}
