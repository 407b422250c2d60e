import { elementCount, type StoredTensor } from '../../formats/model.ts';
import type { StoredMatrix } from '../../formats/update.ts';
import { type FloatDtype, isFloatDtype } from '../../numerics/dtype.ts';
import { shown, Unreadable } from './unreadable.ts';

/** Stored tensors that an update is made of, in the order in which they were asked for. */
export class Inputs {
  readonly list: StoredTensor[] = [];

  /** Throws `Unreadable` for what is not a float. */
  add(tensor: StoredTensor): { readonly input: number; readonly dtype: FloatDtype } {
    const { dtype } = tensor;
    if (!isFloatDtype(dtype)) throw new Unreadable(`${dtype} values, where floats are expected.`);
    this.list.push(tensor);
    return { input: this.list.length - 1, dtype };
  }

  /** The tensor's first axis as rows, all others as columns. */
  matrix(tensor: StoredTensor): StoredMatrix {
    const { rows, columns } = sidesOf(tensor);
    return { kind: 'stored', ...this.add(tensor), rows, columns, transposed: false };
  }

  /** Its first axis as columns. */
  transposed(tensor: StoredTensor): StoredMatrix {
    const { rows, columns, ...rest } = this.matrix(tensor);
    return { ...rest, rows: columns, columns: rows, transposed: true };
  }
}

/** Throws `Unreadable` for a tensor without axes, or without elements. */
export function sidesOf({ shape }: StoredTensor) {
  const [rows = 0, ...others] = shape;
  const columns = elementCount(others);
  if (rows * columns > 0) return { rows, columns };
  throw new Unreadable(`Shape ${shown(shape)}, where a matrix is expected.`);
}

/** Elements behind the first two axes: the kernel of a convolution, 1 of a linear layer. */
export function kernelOf({ shape }: StoredTensor): number {
  return elementCount(shape.slice(2));
}
