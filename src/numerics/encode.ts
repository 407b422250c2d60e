import { INFINITY_BITS, NAN_BITS, type Narrow, narrow, narrowCode } from './bits.ts';
import { bytesPerElement, type FloatDtype } from './dtype.ts';

export type Encoded = {
  /** Finite values that round beyond the largest finite value and are stored as that. */
  readonly saturated: number;
  /** Values that were NaN or infinite. */
  readonly nonFinite: number;
};

/**
 * f32 values as little-endian `dtype`, rounded to nearest, ties to even, in integer arithmetic, so that
 * every engine and the GPU write the same bytes. Infinity stays where the dtype has one (F8_E4M3: NaN);
 * every NaN becomes the one positive quiet NaN. `out` must hold exactly `values.length` elements.
 */
export function encode(
  values: Float32Array,
  dtype: FloatDtype,
  out: Uint8Array<ArrayBuffer>,
): Encoded {
  const size = bytesPerElement(dtype);
  if (out.length !== values.length * size) {
    throw new RangeError(
      `${values.length} ${dtype} values take ${values.length * size} bytes, got room for ${out.length}`,
    );
  }
  if (out.byteOffset % size === 0) return encodeAligned(values, dtype, out);
  const copy = new Uint8Array(out.length);
  const encoded = encodeAligned(values, dtype, copy);
  out.set(copy);
  return encoded;
}

function encodeAligned(
  values: Float32Array,
  dtype: FloatDtype,
  { buffer, byteOffset }: Uint8Array<ArrayBuffer>,
): Encoded {
  const count = values.length;
  const words = new Int32Array(values.buffer, values.byteOffset, count);
  switch (dtype) {
    case 'F32':
      return encodeF32(words, new Int32Array(buffer, byteOffset, count));
    case 'F64':
      return encodeF64(values, new Float64Array(buffer, byteOffset, count));
    case 'BF16':
      return encodeBF16(words, new Uint16Array(buffer, byteOffset, count));
    case 'F16':
      return encodeNarrow(words, narrow.F16, new Uint16Array(buffer, byteOffset, count));
    case 'F8_E4M3':
    case 'F8_E5M2':
      return encodeNarrow(words, narrow[dtype], new Uint8Array(buffer, byteOffset, count));
    default:
      return dtype satisfies never;
  }
}

function encodeF32(words: Int32Array, out: Int32Array): Encoded {
  let nonFinite = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const magnitude = word & 0x7fffffff;
    if (magnitude >= INFINITY_BITS) nonFinite++;
    out[i] = magnitude > INFINITY_BITS ? NAN_BITS : word;
  }
  return { saturated: 0, nonFinite };
}

function encodeF64(values: Float32Array, out: Float64Array): Encoded {
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length * 2);
  let nonFinite = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    out[i] = value;
    if (!Number.isFinite(value)) nonFinite++;
    if (Number.isNaN(value)) {
      words[2 * i] = 0;
      words[2 * i + 1] = 0x7ff80000;
    }
  }
  return { saturated: 0, nonFinite };
}

/** Magnitude bits from which on an f32 rounds beyond the largest finite BF16. */
const BF16_OVERFLOW = 0x7f7f8000;
/** Added to magnitude bits, it sets the sign bit from there on. */
const TO_SIGN = 0x80000000 - BF16_OVERFLOW;

/** BF16 is the upper half of an f32, so one addition rounds. Four at a time; overflows are mended. */
function encodeBF16(words: Int32Array, out: Uint16Array): Encoded {
  const whole = words.length & ~3;
  let mended: Encoded = { saturated: 0, nonFinite: 0 };
  for (let i = 0; i < whole; i += 4) {
    const a = words[i];
    const b = words[i + 1];
    const c = words[i + 2];
    const d = words[i + 3];
    out[i] = (a + 0x7fff + ((a >>> 16) & 1)) >>> 16;
    out[i + 1] = (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
    out[i + 2] = (c + 0x7fff + ((c >>> 16) & 1)) >>> 16;
    out[i + 3] = (d + 0x7fff + ((d >>> 16) & 1)) >>> 16;
    const overflows =
      ((a & 0x7fffffff) + TO_SIGN) |
      ((b & 0x7fffffff) + TO_SIGN) |
      ((c & 0x7fffffff) + TO_SIGN) |
      ((d & 0x7fffffff) + TO_SIGN);
    if (overflows < 0) mended = mendBF16(words, out, i, i + 4, mended);
  }
  for (let i = whole; i < words.length; i++) {
    out[i] = (words[i] + 0x7fff + ((words[i] >>> 16) & 1)) >>> 16;
  }
  return mendBF16(words, out, whole, words.length, mended);
}

/** Replaces the codes from `from` to before `to` that overflowed, and adds them to the counts so far. */
function mendBF16(
  words: Int32Array,
  out: Uint16Array,
  from: number,
  to: number,
  { saturated, nonFinite }: Encoded,
): Encoded {
  for (let i = from; i < to; i++) {
    const magnitude = words[i] & 0x7fffffff;
    if (magnitude < BF16_OVERFLOW) continue;
    if (magnitude < INFINITY_BITS) saturated++;
    else nonFinite++;
    out[i] = overflowCode(words[i], narrow.BF16);
  }
  return { saturated, nonFinite };
}

function encodeNarrow(words: Int32Array, format: Narrow, out: Uint8Array | Uint16Array): Encoded {
  const { bits, mantissaBits, bias, largest } = format;
  const signBit = 2 ** (bits - 1);
  let saturated = 0;
  let nonFinite = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const magnitude = word & 0x7fffffff;
    const code = narrowCode(magnitude, mantissaBits, bias);
    out[i] = ((word >>> (32 - bits)) & signBit) | code;
    if (code <= largest) continue;
    if (magnitude < INFINITY_BITS) saturated++;
    else nonFinite++;
    out[i] = overflowCode(word, format);
  }
  return { saturated, nonFinite };
}

/** What is stored for a value that rounds beyond the largest finite one, or is infinite, or NaN. */
function overflowCode(word: number, { bits, largest, infinity, nan }: Narrow): number {
  const magnitude = word & 0x7fffffff;
  const sign = word < 0 ? 2 ** (bits - 1) : 0;
  if (magnitude < INFINITY_BITS) return sign | largest;
  return magnitude > INFINITY_BITS || infinity === nan ? nan : sign | infinity;
}
