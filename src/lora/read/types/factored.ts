import type { Matrix } from '../../../formats/update.ts';
import { type Inputs, kernelOf, sidesOf } from '../inputs.ts';
import type { Part } from '../names.ts';
import { shown, Unreadable } from '../unreadable.ts';
import { need, type Parts } from './type.ts';

export type Factored = {
  readonly matrix: Matrix;
  readonly rows: number;
  readonly columns: number;
  readonly rank: number | null;
};

/**
 * LyCORIS's matrix in factors: a (rows × rank) times b (rank × columns); or, with a core t (rank × rank ×
 * kernel) between them, a (rank × rows), t and b. Throws `Unreadable` when they do not fit each other.
 */
export function factored(
  parts: Parts,
  inputs: Inputs,
  names: readonly [a: Part, b: Part, t?: Part],
) {
  const [a, b] = [need(parts, names[0]), need(parts, names[1])];
  const t = names[2] && parts.get(names[2]);
  const [left, right] = [sidesOf(a), sidesOf(b)];
  const rank = right.rows;
  if (!(t ? t.shape[0] === left.rows && t.shape[1] === rank : left.columns === rank)) {
    const shapes = `${shown(a.shape)} and ${shown(b.shape)}${t ? ` around ${shown(t.shape)}` : ''}`;
    throw new Unreadable(`Factors that do not fit each other: ${shapes}.`);
  }
  const kernel = t ? kernelOf(t) : 1;
  const matrix: Matrix = t
    ? {
        kind: 'tucker',
        left: inputs.transposed(a),
        core: inputs.matrix(t),
        right: inputs.matrix(b),
        kernel,
      }
    : { kind: 'product', left: inputs.matrix(a), right: inputs.matrix(b) };
  const rows = t ? left.columns : left.rows;
  return { matrix, rows, columns: right.columns * kernel, rank } satisfies Factored;
}
