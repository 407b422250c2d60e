// e to the power of x, from multiplications: a processor has no instruction for it, and graphics chips differ.
// Within two units in the last place between −87 and 88; beyond, the value at that end.

fn exponential(x: f32) -> f32 {
  let clamped = clamp(x, -87.0, 88.0);
  let whole = round(clamped * 1.442695041);
  // ln 2 in two parts, the first of few bits, so that the difference is exact.
  let part = (clamped - whole * 0.693359375) + whole * 0.000212194440;
  var sum = 0.00019875691500;
  sum = sum * part + 0.0013981999507;
  sum = sum * part + 0.0083334519073;
  sum = sum * part + 0.041665795894;
  sum = sum * part + 0.16666665459;
  sum = sum * part + 0.5;
  let value = (sum * part) * part + part + 1.0;
  return value * bitcast<f32>((i32(whole) + 127) << 23u);
}

fn exponentials(x: vec4f) -> vec4f {
  return vec4f(exponential(x.x), exponential(x.y), exponential(x.z), exponential(x.w));
}
