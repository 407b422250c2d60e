// Magnitudes of a task vector as whole numbers: without its sign, the bit pattern of an f32 orders like
// its value.

#import lib/planes

fn magnitudes(model: u32, i: u32) -> vec4u {
  return bitcast<vec4u>(task_vector(model, i)) & vec4u(0x7fffffffu);
}
