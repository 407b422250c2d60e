import { narrow } from './bits.ts';
import { bytesPerElement, type FloatDtype } from './dtype.ts';

/** Whether raw little-endian values of `dtype` hold a NaN or an infinity, by their exponent bits. */
export function hasNonFinite(bytes: Uint8Array<ArrayBuffer>, dtype: FloatDtype): boolean {
  const size = bytesPerElement(dtype);
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  const count = Math.floor(bytes.length / size);
  switch (dtype) {
    case 'F32':
      return someMasked(new Uint32Array(buffer, byteOffset, count), 0x7f800000, 1);
    case 'F64': {
      // The exponent lies in the upper word of each pair.
      const words = new Uint32Array(buffer, byteOffset, count * 2);
      return someMasked(words.subarray(1), 0x7ff00000, 2);
    }
    case 'BF16':
    case 'F16':
      return someMasked(new Uint16Array(buffer, byteOffset, count), narrow[dtype].infinity, 1);
    case 'F8_E4M3':
    case 'F8_E5M2':
      return someMasked(new Uint8Array(buffer, byteOffset, count), narrow[dtype].infinity, 1);
    default:
      return dtype satisfies never;
  }
}

function someMasked(
  codes: Uint8Array | Uint16Array | Uint32Array,
  mask: number,
  step: number,
): boolean {
  for (let i = 0; i < codes.length; i += step) if ((codes[i] & mask) === mask) return true;
  return false;
}
