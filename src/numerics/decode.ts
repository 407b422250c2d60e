import { narrow } from './bits.ts';
import { bytesPerElement, type FloatDtype } from './dtype.ts';

/**
 * Little-endian values of `dtype` as f32, one for each element of `out`. Exact for every dtype but F64,
 * which rounds to the nearest f32, ties to even. NaNs stay NaN; BF16 and F32 keep their payload.
 * `bytes` may start at any address and must hold at least `out.length` elements.
 */
export function decode(bytes: Uint8Array<ArrayBuffer>, dtype: FloatDtype, out: Float32Array): void {
  const size = bytesPerElement(dtype);
  const count = out.length;
  if (bytes.length < count * size) {
    throw new RangeError(
      `${count} ${dtype} values need ${count * size} bytes, got ${bytes.length}`,
    );
  }
  const { buffer, byteOffset } = aligned(bytes, size);
  switch (dtype) {
    case 'F32':
      // As words: copied as floats, a signalling NaN may change.
      wordsOf(out).set(new Uint32Array(buffer, byteOffset, count));
      return;
    case 'F64':
      out.set(new Float64Array(buffer, byteOffset, count));
      return;
    case 'BF16': {
      const codes = new Uint16Array(buffer, byteOffset, count);
      const words = wordsOf(out);
      // Four at a time is twice as quick, and every merge passes here.
      let i = 0;
      for (; i + 3 < count; i += 4) {
        words[i] = codes[i] << 16;
        words[i + 1] = codes[i + 1] << 16;
        words[i + 2] = codes[i + 2] << 16;
        words[i + 3] = codes[i + 3] << 16;
      }
      for (; i < count; i++) words[i] = codes[i] << 16;
      return;
    }
    case 'F16': {
      const codes = new Uint16Array(buffer, byteOffset, count);
      const table = tableOf('F16');
      const words = wordsOf(out);
      for (let i = 0; i < count; i++) words[i] = table[codes[i]];
      return;
    }
    case 'F8_E4M3':
    case 'F8_E5M2': {
      const table = tableOf(dtype);
      const words = wordsOf(out);
      for (let i = 0; i < count; i++) words[i] = table[bytes[i]];
      return;
    }
    default:
      dtype satisfies never;
  }
}

/** The same bytes at an address that typed arrays of `size` accept. */
function aligned(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  return bytes.byteOffset % size === 0 ? bytes : bytes.slice();
}

function wordsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

type Tabled = 'F16' | 'F8_E4M3' | 'F8_E5M2';
const tables = new Map<Tabled, Uint32Array>();

/** f32 bits of every code. F16 takes 256 KB, so tables are made when first needed. */
function tableOf(dtype: Tabled): Uint32Array {
  const known = tables.get(dtype);
  if (known) return known;
  const { bits, mantissaBits, bias, infinity, nan } = narrow[dtype];
  const values = new Float32Array(2 ** bits);
  for (let code = 0; code < values.length; code++) {
    const sign = code >> (bits - 1) ? -1 : 1;
    const magnitude = code & (2 ** (bits - 1) - 1);
    const exponent = magnitude >> mantissaBits;
    const fraction = (magnitude & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
    const finite =
      exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
    // Where a format has no infinity, `infinity` equals `nan`.
    const special = magnitude === infinity && infinity !== nan ? Infinity : Number.NaN;
    values[code] = sign * (magnitude >= infinity ? special : finite);
  }
  const table = wordsOf(values);
  tables.set(dtype, table);
  return table;
}
