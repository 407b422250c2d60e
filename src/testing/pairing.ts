import type { StoredTensor, TensorEntry } from '../formats/model.ts';
import type { Adapter, Matrix, Update } from '../formats/update.ts';
import type { Pair, Pairing } from '../lora/pair/pairing.ts';
import type { Dtype } from '../numerics/dtype.ts';

type Shape = readonly number[];

/** Tensors of a base by name; offsets do not matter. */
export function baseTensors(
  shapes: Readonly<Record<string, Shape>>,
  dtype: Dtype = 'BF16',
): ReadonlyMap<string, TensorEntry> {
  return new Map(Object.entries(shapes).map(([name, shape]) => [name, stored(name, shape, dtype)]));
}

export function stored(name: string, shape: Shape, dtype: Dtype = 'F32'): StoredTensor {
  return { name, dtype, shape, file: 0, begin: 0, end: 0 };
}

/**
 * An update of rank 1 whose rows are first, first + 1, …, each the same in all columns: B has these
 * numbers (in its name), A has ones.
 */
export function rising(
  module: string,
  [rows, columns]: readonly [rows: number, columns: number],
  first = 1,
  more: Partial<Update> = {},
): Update {
  const factor = (input: number, rows: number, columns: number): Matrix => ({
    kind: 'stored',
    input,
    dtype: 'F32',
    rows,
    columns,
    transposed: false,
  });
  return {
    module,
    of: 'weight',
    type: 'LoRA',
    rows,
    columns,
    matrix: { kind: 'product', left: factor(0, rows, 1), right: factor(1, 1, columns) },
    inputs: [stored(`from ${first}`, [rows, 1]), stored('ones', [1, columns])],
    scale: 1,
    rank: 1,
    alpha: 1,
    magnitudes: null,
    ...more,
  };
}

export function adapterOf(updates: readonly Update[], more: Partial<Adapter> = {}): Adapter {
  return {
    dialect: 'PEFT',
    updates,
    saved: [],
    base: null,
    config: null,
    unread: [],
    remarks: [],
    ...more,
  };
}

/** What is added to each row of the tensor, scale and all; the rows must be alike in all columns. */
export function addedRows(pair: Pair): readonly number[] {
  return Array.from({ length: pair.rows }, (_, row) => {
    const values = Array.from(
      { length: pair.columns },
      (_, column) => pair.scale * valueAt(pair.matrix, pair.inputs, row, column),
    );
    if (new Set(values).size !== 1) throw new Error(`row ${row} differs: ${values}`);
    return values[0];
  });
}

/** What is added to each row, by tensor. */
export function addedTo({ pairs }: Pairing): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(pairs.map((pair) => [pair.tensor, addedRows(pair)]));
}

function valueAt(
  matrix: Matrix,
  inputs: readonly StoredTensor[],
  row: number,
  column: number,
): number {
  switch (matrix.kind) {
    case 'stored': {
      const { name } = inputs[matrix.input];
      return name === 'ones' ? 1 : Number(name.replace('from ', '')) + row;
    }
    case 'product': {
      const { left, right } = matrix;
      let sum = 0;
      for (let k = 0; k < widthOf(left); k++) {
        sum += valueAt(left, inputs, row, k) * valueAt(right, inputs, k, column);
      }
      return sum;
    }
    case 'scaled':
      return matrix.by * valueAt(matrix.of, inputs, row, column);
    case 'rows':
      if (row >= matrix.to - matrix.from) throw new Error(`row ${row} is beyond the cut`);
      return valueAt(matrix.of, inputs, matrix.from + row, column);
    case 'stacked': {
      let at = row;
      for (const part of matrix.parts) {
        if (at < part.rows) return part.matrix ? valueAt(part.matrix, inputs, at, column) : 0;
        at -= part.rows;
      }
      throw new Error(`row ${row} is beyond all parts`);
    }
    default:
      throw new Error(`not needed here: ${matrix.kind}`);
  }
}

function widthOf(matrix: Matrix): number {
  if (matrix.kind !== 'stored') throw new Error('only factors that are stored');
  return matrix.columns;
}
