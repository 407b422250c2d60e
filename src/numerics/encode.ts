import { INFINITY_BITS, NAN_BITS, narrow, narrowCode } from './bits.ts';
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
  const words = new Uint32Array(values.buffer, values.byteOffset, count);
  switch (dtype) {
    case 'F32':
      return encodeF32(words, new Uint32Array(buffer, byteOffset, count));
    case 'F64':
      return encodeF64(values, new Float64Array(buffer, byteOffset, count));
    case 'BF16':
      return encodeBF16(words, new Uint16Array(buffer, byteOffset, count));
    case 'F16':
      return encodeF16(words, new Uint16Array(buffer, byteOffset, count));
    case 'F8_E4M3':
    case 'F8_E5M2':
      return encodeF8(words, dtype, new Uint8Array(buffer, byteOffset, count));
    default:
      return dtype satisfies never;
  }
}

function encodeF32(words: Uint32Array, out: Uint32Array): Encoded {
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

/** BF16 is the upper half of an f32, so one addition rounds. */
function encodeBF16(words: Uint32Array, out: Uint16Array): Encoded {
  const { largest, infinity, nan } = narrow.BF16;
  let saturated = 0;
  let nonFinite = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const magnitude = word & 0x7fffffff;
    let code = (magnitude + 0x7fff + ((magnitude >>> 16) & 1)) >>> 16;
    let sign = (word >>> 16) & 0x8000;
    if (code >= infinity) {
      if (magnitude < INFINITY_BITS) {
        code = largest;
        saturated++;
      } else {
        nonFinite++;
        if (magnitude > INFINITY_BITS) {
          code = nan;
          sign = 0;
        }
      }
    }
    out[i] = sign | code;
  }
  return { saturated, nonFinite };
}

function encodeF16(words: Uint32Array, out: Uint16Array): Encoded {
  const { mantissaBits, bias, largest, infinity, nan } = narrow.F16;
  let saturated = 0;
  let nonFinite = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const magnitude = word & 0x7fffffff;
    let code = narrowCode(magnitude, mantissaBits, bias);
    let sign = (word >>> 16) & 0x8000;
    if (code > largest) {
      if (magnitude < INFINITY_BITS) {
        code = largest;
        saturated++;
      } else {
        nonFinite++;
        code = magnitude > INFINITY_BITS ? nan : infinity;
        if (magnitude > INFINITY_BITS) sign = 0;
      }
    }
    out[i] = sign | code;
  }
  return { saturated, nonFinite };
}

function encodeF8(words: Uint32Array, dtype: 'F8_E4M3' | 'F8_E5M2', out: Uint8Array): Encoded {
  const { mantissaBits, bias, largest, infinity, nan } = narrow[dtype];
  let saturated = 0;
  let nonFinite = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const magnitude = word & 0x7fffffff;
    let code = narrowCode(magnitude, mantissaBits, bias);
    let sign = (word >>> 24) & 0x80;
    if (code > largest) {
      if (magnitude < INFINITY_BITS) {
        code = largest;
        saturated++;
      } else {
        nonFinite++;
        code = magnitude > INFINITY_BITS ? nan : infinity;
        if (code === nan) sign = 0;
      }
    }
    out[i] = sign | code;
  }
  return { saturated, nonFinite };
}
