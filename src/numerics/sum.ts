/**
 * Sums over one chunk of a tensor, in f64. Four running sums, each over every fourth element, are added at
 * the end; the order is fixed, so the same chunk always gives the same bits. Whoever cuts a tensor into
 * chunks must cut at the same places every time.
 */

const { fround } = Math;

/**
 * Σ aᵢ·bᵢ of two arrays of one length, each product rounded to f32 as every step of a formula is: WGSL has
 * no wider type, so that all processors add up the same terms. It costs less than 10⁻⁷ of Σ|aᵢ·bᵢ|.
 */
export function dot(a: Float32Array, b: Float32Array): number {
  const whole = a.length & ~3;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < whole; i += 4) {
    s0 += fround(a[i] * b[i]);
    s1 += fround(a[i + 1] * b[i + 1]);
    s2 += fround(a[i + 2] * b[i + 2]);
    s3 += fround(a[i + 3] * b[i + 3]);
  }
  if (whole < a.length) s0 += fround(a[whole] * b[whole]);
  if (whole + 1 < a.length) s1 += fround(a[whole + 1] * b[whole + 1]);
  if (whole + 2 < a.length) s2 += fround(a[whole + 2] * b[whole + 2]);
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
  if (whole < a.length) s0 += Math.abs(a[whole]);
  if (whole + 1 < a.length) s1 += Math.abs(a[whole + 1]);
  if (whole + 2 < a.length) s2 += Math.abs(a[whole + 2]);
  return s0 + s1 + (s2 + s3);
}

/** Σ aᵢ. */
export function total(a: Float32Array): number {
  const sums = new Float64Array(4);
  for (let i = 0; i < a.length; i++) sums[i & 3] += a[i];
  return sums[0] + sums[1] + (sums[2] + sums[3]);
}
