// Decoding of stored elements to f32 and encoding back, in integers: WGSL leaves open how packing
// rounds and whether it keeps subnormals. The codes are the order of `floatDtypes` in dtype.ts.
// What is subnormal in f32 itself, below 2⁻¹²⁶, may count as zero: arithmetic may flush it.

const F32 = 0u;
const F16 = 1u;
const BF16 = 2u;
const F8_E4M3 = 3u;
const F8_E5M2 = 4u;
const F64 = 5u;

// WGSL may assume that every float is finite, so infinities and NaNs are told from bits. Carries out of
// exponents that are all ones; zero as long as all is well.
var<private> carried: vec2u;
// The largest magnitudes among f32 that were inspected.
var<private> peak: vec4u;
// Finite results that were too large for the output dtype, lane by lane.
var<private> saturated: vec4u;

// Stored words. `exponent` masks the exponents of all elements in a word; `lowest` has the lowest bit of
// each. Adding it to an exponent of ones carries out of the mask.
fn inspect(words: vec2u, exponent: u32, lowest: u32) {
  carried |= ((words & vec2u(exponent)) + vec2u(lowest)) & vec2u(~exponent);
}

fn inspect_f32(v: vec4f) {
  peak = max(peak, bitcast<vec4u>(v) & vec4u(0x7fffffffu));
}

// Whether anything inspected was infinite or NaN.
fn met_non_finite() -> bool {
  return any(carried != vec2u()) || any(peak >= vec4u(0x7f800000u));
}

fn unpack16(words: vec2u) -> vec4u {
  return vec4u(words.x & 0xffffu, words.x >> 16u, words.y & 0xffffu, words.y >> 16u);
}

fn unpack8(word: u32) -> vec4u {
  return (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(0xffu);
}

fn pack16(codes: vec4u) -> vec2u {
  return codes.xz | (codes.yw << vec2u(16u));
}

fn pack8(codes: vec4u) -> u32 {
  return codes.x | (codes.y << 8u) | (codes.z << 16u) | (codes.w << 24u);
}

fn decode_bf16(words: vec2u) -> vec4f {
  return bitcast<vec4f>(vec4u(words.x << 16u, words.x & 0xffff0000u, words.y << 16u, words.y & 0xffff0000u));
}

fn decode_f16(words: vec2u) -> vec4f {
  let codes = unpack16(words);
  return widen(codes & vec4u(0x7fffu), (codes & vec4u(0x8000u)) << vec4u(16u), 10u, 15u);
}

fn decode_e4m3(word: u32) -> vec4f {
  let codes = unpack8(word);
  return widen(codes & vec4u(0x7fu), (codes & vec4u(0x80u)) << vec4u(24u), 3u, 7u);
}

fn decode_e5m2(word: u32) -> vec4f {
  let codes = unpack8(word);
  return widen(codes & vec4u(0x7fu), (codes & vec4u(0x80u)) << vec4u(24u), 2u, 15u);
}

// A narrow format's fields moved to where f32 has them. A subnormal lacks the hidden one: it is given
// one, and the value of that is taken away again, exactly.
fn widen(magnitude: vec4u, sign: vec4u, mantissa_bits: u32, bias: u32) -> vec4f {
  let moved = (magnitude << vec4u(23u - mantissa_bits)) + vec4u((127u - bias) << 23u);
  let hidden = bitcast<f32>((128u - bias) << 23u);
  let subnormal = bitcast<vec4f>(moved + vec4u(1u << 23u)) - vec4f(hidden);
  let bits = select(bitcast<vec4u>(subnormal), moved, magnitude >= vec4u(1u << mantissa_bits));
  return bitcast<vec4f>(bits | sign);
}

// Rounded to nearest, ties to even. Beyond the range of f32 counts as infinite, below it as zero.
fn decode_f64(low: vec4u, high: vec4u) -> vec4f {
  let exponent = (high >> vec4u(20u)) & vec4u(0x7ffu);
  let kept = ((high & vec4u(0xfffffu)) << vec4u(3u)) | (low >> vec4u(29u));
  let rest = low & vec4u(0x1fffffffu);
  let up = select(vec4u(0u), vec4u(1u), rest + (kept & vec4u(1u)) > vec4u(0x10000000u));
  let rebiased = clamp(exponent, vec4u(896u), vec4u(1151u)) - vec4u(896u);
  // A NaN of ones only would carry into the sign.
  let rounded = min((rebiased << vec4u(23u)) + kept + up, vec4u(0x7f800000u));
  let bits = select(rounded, vec4u(0u), exponent <= vec4u(896u));
  let v = bitcast<vec4f>(bits | (high & vec4u(0x80000000u)));
  inspect_f32(v);
  return v;
}

// The code of a magnitude in a format of narrower exponent, subnormals included; it may lie beyond the
// largest one.
fn narrow(magnitude: vec4u, mantissa_bits: u32, bias: u32) -> vec4u {
  let exponent = magnitude >> vec4u(23u);
  let significand = (magnitude & vec4u(0x7fffffu)) | vec4u(0x800000u);
  // Below the normal range every step of the exponent costs one more bit; 25 leave nothing.
  let lost = max(vec4i(i32(23u - mantissa_bits)), vec4i(i32(151u - bias - mantissa_bits)) - vec4i(exponent));
  let shift = vec4u(min(lost, vec4i(25)));
  let odd = (significand >> shift) & vec4u(1u);
  let rounded = (significand + (vec4u(1u) << (shift - vec4u(1u))) - vec4u(1u) + odd) >> shift;
  let normal = max(exponent, vec4u(128u - bias)) - vec4u(128u - bias);
  return rounded + (normal << vec4u(mantissa_bits));
}

// Finite values beyond the largest become the largest, and are counted.
fn limited(codes: vec4u, largest: u32) -> vec4u {
  saturated += select(vec4u(), vec4u(1u), codes > vec4u(largest));
  return min(codes, vec4u(largest));
}

// BF16 is the upper half of an f32, so one addition rounds; beyond the largest lies one code only.
fn encode_bf16(v: vec4f) -> vec2u {
  let bits = bitcast<vec4u>(v);
  let rounded = bits + vec4u(0x7fffu) + ((bits >> vec4u(16u)) & vec4u(1u));
  let beyond = select(vec4u(), vec4u(1u), (rounded & vec4u(0x7fff0000u)) > vec4u(0x7f7f0000u));
  saturated += beyond;
  let codes = (rounded >> vec4u(16u)) - beyond;
  return pack16(codes);
}

fn encode_f16(v: vec4f) -> vec2u {
  let bits = bitcast<vec4u>(v);
  let codes = limited(narrow(bits & vec4u(0x7fffffffu), 10u, 15u), 0x7bffu);
  return pack16(codes | ((bits >> vec4u(16u)) & vec4u(0x8000u)));
}

fn encode_e4m3(v: vec4f) -> u32 {
  let bits = bitcast<vec4u>(v);
  let codes = limited(narrow(bits & vec4u(0x7fffffffu), 3u, 7u), 0x7eu);
  return pack8(codes | ((bits >> vec4u(24u)) & vec4u(0x80u)));
}

fn encode_e5m2(v: vec4f) -> u32 {
  let bits = bitcast<vec4u>(v);
  let codes = limited(narrow(bits & vec4u(0x7fffffffu), 2u, 15u), 0x7bu);
  return pack8(codes | ((bits >> vec4u(24u)) & vec4u(0x80u)));
}

// One f32 as the two words of an f64; exact.
fn encode_f64(v: f32) -> vec2u {
  let bits = bitcast<u32>(v);
  let magnitude = bits & 0x7fffffffu;
  let high = select(0u, (magnitude >> 3u) + (896u << 20u), magnitude >= 0x800000u);
  return vec2u(select(0u, magnitude << 29u, magnitude >= 0x800000u), high | (bits & 0x80000000u));
}
