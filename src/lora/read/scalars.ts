/** Values of the few numbers that are tensors of their own: alpha. */
import { elementCount, type StoredTensor } from '../../formats/model.ts';
import type { ReadableFile } from '../../formats/safetensors/header.ts';
import { together } from '../../formats/together.ts';
import { decode } from '../../numerics/decode.ts';
import { isFloatDtype } from '../../numerics/dtype.ts';
import { readName } from './names.ts';

/** Bytes between two scalars that are read along rather than asked for apart. */
const near = 256 * 1024;
const longest = 4 * 2 ** 20;

/** Reads all alphas of a file, neighbours at once. NaN for what is no number. */
export async function readScalars(
  file: ReadableFile,
  tensors: Iterable<StoredTensor>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const wanted = [...tensors]
    .filter(({ name, shape }) => elementCount(shape) === 1 && readName(name)?.part === 'alpha')
    .sort((a, b) => a.begin - b.begin);
  const spans: StoredTensor[][] = [];
  for (const tensor of wanted) {
    const span = spans.at(-1);
    const joins =
      span !== undefined &&
      tensor.begin - span[span.length - 1].end <= near &&
      tensor.end - span[0].begin <= longest;
    if (joins) span.push(tensor);
    else spans.push([tensor]);
  }
  const read = await together(
    spans,
    async (span, each) => {
      const begin = span[0].begin;
      const bytes = await file.read(begin, span[span.length - 1].end, each);
      return span.map((tensor) => {
        const own = bytes.slice(tensor.begin - begin, tensor.end - begin);
        return [tensor.name, numberIn(own, tensor.dtype)] as const;
      });
    },
    signal,
  );
  return new Map(read.flat());
}

function numberIn(bytes: Uint8Array<ArrayBuffer>, dtype: StoredTensor['dtype']): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (dtype === 'F64') return view.getFloat64(0, true);
  if (isFloatDtype(dtype)) {
    const out = new Float32Array(1);
    decode(bytes, dtype, out);
    return out[0];
  }
  switch (dtype) {
    case 'I64':
      return Number(view.getBigInt64(0, true));
    case 'U64':
      return Number(view.getBigUint64(0, true));
    case 'I32':
      return view.getInt32(0, true);
    case 'U32':
      return view.getUint32(0, true);
    case 'I16':
      return view.getInt16(0, true);
    case 'U16':
      return view.getUint16(0, true);
    case 'I8':
      return view.getInt8(0);
    case 'U8':
      return view.getUint8(0);
    default:
      return Number.NaN;
  }
}
