// Rounding in the middle of the arithmetic. The paper and peft dialects compute in f32; mergekit computes
// in the dtype of the tensor, and there every step rounds to it. Inputs may be rounded before all steps.

#import lib/dtype

override WORK: u32 = 0u;
override READ_AS: u32 = 0u;

// The result of one step, rounded to the working dtype.
fn work(v: vec4f) -> vec4f {
  return rounded(v, WORK);
}

// Decoded values, rounded to the dtype that inputs are read as.
fn read_as(v: vec4f) -> vec4f {
  return rounded(v, READ_AS);
}

// F32 stays as it is.
fn rounded(v: vec4f, dtype: u32) -> vec4f {
  if (dtype == F32) {
    return v;
  }
  let bits = bitcast<vec4u>(v);
  let magnitude = bits & vec4u(0x7fffffffu);
  let nearest = rounded_magnitude(magnitude, dtype);
  // Where a step overflows its dtype the definition goes on with infinity; WGSL has none to rely on.
  peak = max(peak, nearest);
  return bitcast<vec4f>(nearest | (bits ^ magnitude));
}

fn work_scalar(v: f32) -> f32 {
  return work(vec4f(v)).x;
}

// Bits of an f32 without its sign, to nearest with ties to even; still as f32.
fn rounded_magnitude(magnitude: vec4u, dtype: u32) -> vec4u {
  if (dtype == BF16) {
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
