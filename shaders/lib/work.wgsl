// The precision of a step. The paper and peft dialects compute in f32; mergekit computes in the dtype
// of the tensor, and there every step rounds to it.

#import lib/dtype

override WORK: u32 = 0u;

// The result of one step, rounded to the working dtype; f32 stays as it is.
fn work(v: vec4f) -> vec4f {
  if (WORK == F32) {
    return v;
  }
  let bits = bitcast<vec4u>(v);
  let magnitude = bits & vec4u(0x7fffffffu);
  var rounded: vec4f;
  if (WORK == BF16) {
    rounded = bitcast<vec4f>(narrow_bf16(magnitude) << vec4u(16u));
  } else {
    rounded = decode_f16(pack16(narrow(magnitude, 10u, 15u)));
    let beyond = magnitude >= vec4u(0x477ff000u);
    rounded = bitcast<vec4f>(select(bitcast<vec4u>(rounded), vec4u(0x7f800000u), beyond));
  }
  // Where a step overflows its dtype the definition goes on with infinity; WGSL promises none.
  inspect_f32(rounded);
  return bitcast<vec4f>(bitcast<vec4u>(rounded) | (bits & vec4u(0x80000000u)));
}

fn work_scalar(v: f32) -> f32 {
  return work(vec4f(v)).x;
}
