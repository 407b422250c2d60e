/**
 * Sums over one chunk of a tensor, in f64: a product of two f32 is exact there. Four running sums, each
 * over every fourth element, are added at the end; the order is fixed, so the same chunk always gives
 * the same bits. Whoever cuts a tensor into chunks must cut at the same places every time.
 */

/** Σ aᵢ·bᵢ of two arrays of one length. */
export function dot(a: Float32Array, b: Float32Array): number {
  const whole = a.length & ~3;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (let i = whole; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3);
}

/** Σ |aᵢ|. */
export function absoluteSum(a: Float32Array): number {
  const whole = a.length & ~3;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < whole; i += 4) {
    s0 += Math.abs(a[i]);
    s1 += Math.abs(a[i + 1]);
    s2 += Math.abs(a[i + 2]);
    s3 += Math.abs(a[i + 3]);
  }
  for (let i = whole; i < a.length; i++) s0 += Math.abs(a[i]);
  return s0 + s1 + (s2 + s3);
}
