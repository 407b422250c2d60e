/** Differences that are stored as they are: LyCORIS's full matrices and norms. They have no scale. */
import type { Inputs } from '../inputs.ts';
import type { Part } from '../names.ts';
import { need, type Parts, type Product, type Type } from './type.ts';

/** Any shape; that of the weight it is added to. */
export const fullMatrix: Type = {
  parts: ['diff'],
  isScaled: false,
  read: (parts, inputs) => whole(parts, inputs, 'diff', 'full difference'),
};

export const norm: Type = {
  parts: ['w_norm'],
  isScaled: false,
  read: (parts, inputs) => whole(parts, inputs, 'w_norm', 'difference of a norm'),
};

export function whole(parts: Parts, inputs: Inputs, part: Part, type: string): Product {
  const matrix = inputs.matrix(need(parts, part));
  return { type, rows: matrix.rows, columns: matrix.columns, rank: null, matrix };
}
