import type { StoredTensor } from '../../formats/model.ts';
import { shapeText } from '../finding.ts';
import type { NamedTensor } from './tensors.ts';

/** A tensor on its way into a larger one: which of the joined names it is, and the number it has. */
export type Piece = {
  readonly tensor: StoredTensor;
  readonly part: number;
  readonly number: number;
};

/**
 * Tensors put together into one of the base's: by number, then by part; rows follow rows. With `counted` the
 * numbers become a first axis. A text says what is missing or does not fit.
 */
export function join(
  pieces: readonly Piece[],
  parts: number,
  counted: boolean,
  base: NamedTensor | null,
): NamedTensor | string {
  const slices = counted ? Math.max(...pieces.map(({ number }) => number)) + 1 : 1;
  if (base && counted && base.shape[0] !== slices) {
    return `${slices} are numbered, the base has ${base.shape[0]} in ${shapeText(base.shape)}`;
  }
  if (pieces.length !== slices * parts) {
    return `${pieces.length} tensors are there, ${slices * parts} are needed`;
  }
  const row = pieces.toSorted((a, b) => a.number - b.number || a.part - b.part);
  const [{ tensor: first }] = row;
  for (const [k, { tensor, part, number }] of row.entries()) {
    const like = row[k % parts].tensor;
    if (part !== k % parts || (counted && number !== Math.floor(k / parts))) {
      return `a part is missing beside ${tensor.name}`;
    }
    if (tensor.dtype !== first.dtype || String(tensor.shape) !== String(like.shape)) {
      return `${tensor.name} is ${tensor.dtype} ${shapeText(tensor.shape)}, unlike ${like.name}`;
    }
    if (
      tensor.shape.length === 0 ||
      String(tensor.shape.slice(1)) !== String(first.shape.slice(1))
    ) {
      return `${tensor.name} ${shapeText(tensor.shape)} cannot stand below ${first.name} ${shapeText(first.shape)}`;
    }
  }
  const rows = row.slice(0, parts).reduce((sum, { tensor }) => sum + tensor.shape[0], 0);
  const tensors = row.map(({ tensor }) => tensor);
  return {
    ...first,
    name: tensors.length > 1 ? `${first.name} and ${tensors.length - 1} more` : first.name,
    shape: [...(counted ? [slices] : []), rows, ...first.shape.slice(1)],
    begin: 0,
    end: tensors.reduce((sum, { begin, end }) => sum + end - begin, 0),
    pieces: tensors,
  };
}
