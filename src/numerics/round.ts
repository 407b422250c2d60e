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
