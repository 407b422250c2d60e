/** Tensors of a torch file that are views: transposed, with gaps, of one storage. */
import { FormatError } from '../../formats/error.ts';
import { elementCount, type StoredTensor } from '../../formats/model.ts';
import type { ReadableFile } from '../../formats/safetensors/header.ts';
import { byteLengthOf } from '../../formats/safetensors/write.ts';
import type { TorchTensor } from '../../formats/torch/place-tensor.ts';
import { readElements } from '../../formats/torch/read-elements.ts';

/** Where a tensor begins: a multiple of the widest element. */
const STEP = 8;

/**
 * Every tensor as a range of bytes: where its elements lie in order, of file 0; else of file 1, which is `held`,
 * read here. No more is held than the file has bytes; throws `FormatError` where a repeated value would take more.
 */
export async function inOrder(
  file: ReadableFile,
  shown: string,
  tensors: readonly TorchTensor[],
  signal?: AbortSignal,
): Promise<{
  readonly placed: readonly StoredTensor[];
  readonly held: Uint8Array<ArrayBuffer> | null;
}> {
  let length = 0;
  const views: { readonly tensor: TorchTensor; readonly begin: number }[] = [];
  const placed = tensors.map((tensor): StoredTensor => {
    const { strides, ...stored } = tensor;
    if (strides === null) return { ...stored, file: 0 };
    const begin = Math.ceil(length / STEP) * STEP;
    length = begin + byteLengthOf(tensor.dtype, tensor.shape);
    if (length > file.size) throw tooMuch(shown, tensor, file.size);
    views.push({ tensor, begin });
    return { ...stored, file: 1, begin, end: length };
  });
  if (views.length === 0) return { placed, held: null };
  const held = new Uint8Array(length);
  for (const { tensor, begin } of views) {
    held.set(await readElements(file, tensor, 0, elementCount(tensor.shape), signal), begin);
  }
  return { placed, held };
}

function tooMuch(file: string, { name, strides }: TorchTensor, size: number): FormatError {
  return new FormatError('bad-tensor', {
    file,
    tensor: name,
    found: `elements with gaps or repeated (strides ${strides?.join(', ')}), with those before it more than the ${size} bytes of the file`,
    expected: 'tensors that do not take more in order than they take in the file',
    advice: 'Call contiguous() on it in Python and save it again, best as safetensors.',
  });
}
