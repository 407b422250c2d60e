import { decode } from '../../numerics/decode.ts';
import { bytesPerElement, type FloatDtype } from '../../numerics/dtype.ts';
import { hasNonFinite } from '../../numerics/finite.ts';

export type NonFinite = { readonly nan: number; readonly infinite: number };

const none: NonFinite = { nan: 0, infinite: 0 };

/** NaNs and infinities among raw values of `dtype`. Nearly free when there are none. */
export function countNonFinite(bytes: Uint8Array<ArrayBuffer>, dtype: FloatDtype): NonFinite {
  if (!hasNonFinite(bytes, dtype)) return none;
  const count = Math.floor(bytes.length / bytesPerElement(dtype));
  const values = dtype === 'F64' ? doubles(bytes, count) : decoded(bytes, dtype, count);
  let nan = 0;
  let infinite = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) nan += 1;
    else if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
      infinite += 1;
    }
  }
  return { nan, infinite };
}

function decoded(bytes: Uint8Array<ArrayBuffer>, dtype: FloatDtype, count: number): Float32Array {
  const values = new Float32Array(count);
  decode(bytes, dtype, values);
  return values;
}

/** As f32, large finite doubles would become infinite. */
function doubles(bytes: Uint8Array<ArrayBuffer>, count: number): Float64Array {
  const { buffer, byteOffset } = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  return new Float64Array(buffer, byteOffset, count);
}
