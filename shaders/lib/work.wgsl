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
  let rounded = rounded_magnitude(magnitude);
  // Where a step overflows its dtype the definition goes on with infinity; WGSL has none to rely on.
  peak = max(peak, rounded);
  return bitcast<vec4f>(rounded | (bits ^ magnitude));
}

fn work_scalar(v: f32) -> f32 {
  return work(vec4f(v)).x;
}

// Bits of an f32 without its sign, to nearest with ties to even; still as f32.
fn rounded_magnitude(magnitude: vec4u) -> vec4u {
  if (WORK == BF16) {
    return cut_bits(magnitude, vec4u(16u));
  }
  // F16 loses 13 bits, and below 2⁻¹⁴ one more for every power of two, down to 2⁻²⁴. Of half of that
  // and less nothing is left.
  let exponent = magnitude >> vec4u(23u);
  let lost = vec4u(13u) + vec4u(113u) - clamp(exponent, vec4u(103u), vec4u(113u));
  let cut = cut_bits(magnitude, lost);
  let tiny = select(vec4u(), vec4u(0x33800000u), magnitude > vec4u(0x33000000u));
  let in_range = select(cut, vec4u(0x7f800000u), cut >= vec4u(0x47800000u));
  return select(in_range, tiny, magnitude < vec4u(0x33800000u));
}

fn cut_bits(magnitude: vec4u, lost: vec4u) -> vec4u {
  let odd = (magnitude >> lost) & vec4u(1u);
  let half = vec4u(1u) << (lost - vec4u(1u));
  return ((magnitude + half - vec4u(1u) + odd) >> lost) << lost;
}
