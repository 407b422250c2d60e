// Magnitudes of a task vector as whole numbers: without its sign, the bit pattern of an f32 orders like
// its value.

#import lib/planes

// Above every magnitude; stands for an element outside the block.
const OUTSIDE = 0x80000000u;

fn magnitudes(model: u32, i: u32) -> vec4u {
  let bits = bitcast<vec4u>(task_vector(model, i)) & vec4u(0x7fffffffu);
  if (i >= 2u && i < 2u * job.octs - 2u) {
    return bits;
  }
  return select(vec4u(OUTSIDE), bits, inside(i));
}
