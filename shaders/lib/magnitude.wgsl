// What ranks are looked for in, as whole numbers: without its sign, the bit pattern of an f32 orders like its value.

#import lib/derived

// Magnitudes of model k's task vector, or of what the method derives.
fn magnitudes(k: u32, i: u32) -> vec4u {
  if (DERIVED == 0u) {
    return bitcast<vec4u>(task_vector(k, i)) & vec4u(0x7fffffffu);
  }
  return bitcast<vec4u>(derived_inside(k, i)) & vec4u(0x7fffffffu);
}
