import type { StoredTensor } from '../../formats/model.ts';
import { bitsOf } from '../../numerics/dtype.ts';
import { shapeText } from '../finding.ts';
import { type Caught, fill, type Pattern } from './pattern.ts';
import type { Tensors } from './tensors.ts';

/** More slices than any model has experts: then the axis counts something else. */
const MOST_SLICES = 4096;

/**
 * A tensor as several of the base's. With `#` in `to` the first axis is counted; what is left is divided
 * along its first axis into one run of rows for each name, as many as the base has there. All are byte ranges
 * of the tensor. A text says why it cannot be divided.
 */
export function cut(
  tensor: StoredTensor,
  to: readonly Pattern[],
  caught: Caught,
  base: Tensors,
): readonly (readonly [name: string, piece: StoredTensor])[] | string {
  const { name, shape, dtype } = tensor;
  const counts = to[0].hasNumber && caught.number === null;
  const inner = counts ? shape.slice(1) : shape;
  if (inner.length === 0 || bitsOf[dtype] < 8)
    return `${name} ${shapeText(shape)} has no rows to cut`;
  const slices = counts ? shape[0] : 1;
  if (slices > MOST_SLICES) return `${name} ${shapeText(shape)} has too many slices to number`;
  const rowBytes = inner.slice(1).reduce((size, axis) => size * axis, bitsOf[dtype] / 8);
  const pieces: (readonly [string, StoredTensor])[] = [];
  for (let slice = 0; slice < slices; slice++) {
    const place = counts ? { ...caught, number: slice } : caught;
    let row = 0;
    for (const pattern of to) {
      const target = fill(pattern, place);
      const rows = to.length === 1 ? inner[0] : base.get(target)?.shape[0];
      if (rows === undefined) return `${name} cannot be cut: the base has no ${target} to tell how`;
      const begin = tensor.begin + (slice * inner[0] + row) * rowBytes;
      const range = to.length === 1 ? '' : `${counts ? ', ' : ''}${row}:${row + rows}`;
      pieces.push([
        target,
        {
          ...tensor,
          name: `${name}[${counts ? slice : ''}${range}]`,
          shape: [rows, ...inner.slice(1)],
          begin,
          end: begin + rows * rowBytes,
        },
      ]);
      row += rows;
    }
    if (row !== inner[0]) {
      return `${name} ${shapeText(shape)} has ${inner[0]} rows; the base’s ${to.map((pattern) => fill(pattern, place)).join(' and ')} have ${row}`;
    }
  }
  return pieces;
}
