import { INFINITY_BITS } from './bits.ts';

/** Precisions that a step of the arithmetic may be rounded to. */
export type WorkDtype = 'F32' | 'F16' | 'BF16';

/**
 * The function that rounds one intermediate result: to f32 and from there to `dtype`, ties to even,
 * overflow to infinity, as a tensor library stores the result of an operation. F32 is `Math.fround`
 * itself, which engines compile to one instruction.
 */
export function roundTo(dtype: WorkDtype): (v: number) => number {
  switch (dtype) {
    case 'F32':
      return Math.fround;
    case 'BF16':
      return roundBF16;
    case 'F16':
      return roundF16;
    default:
      return dtype satisfies never;
  }
}

/**
 * The function that rounds a sum over a whole tensor, and the ratio of two, where steps are rounded to
 * `dtype`. BF16 has the range of f32, so a sum is stored in it like any result. In F16 it would be infinite
 * from 65,520 on: it stays f32, and so does all else.
 */
export function roundSumTo(dtype: WorkDtype): (v: number) => number {
  return dtype === 'BF16' ? roundBF16 : Math.fround;
}

/**
 * Rounds in f64 arithmetic, which is several times quicker than through the bits. For a normal x of
 * exponent e, x · (2ᵏ + 1) has a last place of 2^(e + k − 52); rounding it there rounds x to 53 − k bits,
 * ties to even because x · 2ᵏ is an even multiple of that place. Taking x · 2ᵏ away again is exact.
 * (Veltkamp's splitting, whose ties are only decided this way when x has far fewer than 53 bits.)
 */
function roundBF16(v: number): number {
  const x = Math.fround(v);
  const size = Math.abs(x);
  if (size >= 2 ** -126 && size < Infinity) {
    // The largest values round to 2¹²⁸, which is infinite in f32.
    return Math.fround(x * (2 ** 45 + 1) - x * 2 ** 45);
  }
  // Subnormals are multiples of 2⁻¹³³, the last place of 2⁻⁸¹; zero keeps its sign.
  return size > 0 && size < Infinity ? signed(x, size + 1.5 * 2 ** -81 - 1.5 * 2 ** -81) : x;
}

function roundF16(v: number): number {
  const x = Math.fround(v);
  const size = Math.abs(x);
  if (size >= 2 ** -14 && size < 65520) return x * (2 ** 42 + 1) - x * 2 ** 42;
  if (size >= 65520) return x > 0 ? Infinity : -Infinity;
  // Subnormals are multiples of 2⁻²⁴, the last place of 2²⁸; zero keeps its sign.
  return size > 0 ? signed(x, size + 1.5 * 2 ** 28 - 1.5 * 2 ** 28) : x;
}

function signed(sign: number, size: number): number {
  return sign < 0 ? -size : size;
}

/** Rounds every element by a function that `roundTo` gave. The same results, several times quicker. */
export function settle(values: Float32Array, round: (v: number) => number): void {
  // A Float32Array holds nothing but f32.
  if (round === Math.fround) return;
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  if (round === roundBF16) for (let i = 0; i < words.length; i++) words[i] = bf16Word(words[i]);
  else if (round === roundF16) for (let i = 0; i < words.length; i++) words[i] = f16Word(words[i]);
  else for (let i = 0; i < values.length; i++) values[i] = round(values[i]);
}

/** The bit that tells a quiet NaN from a signalling one. */
const QUIET = 0x400000;

/** Bits of an f32 rounded to BF16, its upper half; a NaN becomes a quiet one, as in arithmetic. */
function bf16Word(word: number): number {
  const rounded = (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000;
  const ifNaN = (INFINITY_BITS - (word & 0x7fffffff)) >> 31;
  return (rounded & ~ifNaN) | ((word | QUIET) & ifNaN);
}

/**
 * Bits of an f32 rounded to F16: 13 bits go, and below 2⁻¹⁴ one more for every power of two. In the last
 * step down, between half the smallest subnormal and all of it, only the exponent is left.
 */
function f16Word(word: number): number {
  const size = word & 0x7fffffff;
  if (size > INFINITY_BITS) return word | QUIET;
  const lost = 13 + Math.min(10, Math.max(0, 113 - (size >>> 23)));
  const rounded = ((size + (1 << (lost - 1)) - 1 + ((size >>> lost) & 1)) >>> lost) << lost;
  const sign = word & 0x80000000;
  if (size < 0x33800000) return sign | (size > 0x33000000 ? 0x33800000 : 0);
  return sign | (rounded >= 0x47800000 ? INFINITY_BITS : rounded);
}
