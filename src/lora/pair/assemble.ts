/** The updates that reach one tensor, as one matrix. */
import type { TensorEntry } from '../../formats/model.ts';
import type { Matrix, Update } from '../../formats/update.ts';
import { matrixShape } from './modules.ts';
import type { Pair } from './pairing.ts';

/** Rows [start, start + to − from) of an update, which come to rows [from, to) of a tensor. */
export type Share = {
  readonly update: Update;
  readonly tensor: TensorEntry;
  readonly from: number;
  readonly to: number;
  readonly start: number;
  /** Whether only the ends of names agree. */
  readonly byEnds: boolean;
};

/** Shares of one tensor that do not overlap. Where scales differ each part has its own. */
export function assemble(shares: readonly Share[]): Pair {
  const ordered = [...shares].sort((one, other) => one.from - other.from);
  const updates = [...new Set(ordered.map(({ update }) => update))];
  const [{ tensor }] = shares;
  const { rows, columns } = matrixShape(tensor);
  const scales = new Set(updates.map(({ scale }) => scale));
  const [{ update: one }] = ordered;
  const isOne = updates.length === 1;
  // What several are cut from is one input.
  const inputs = isOne ? one.inputs : [...new Set(updates.flatMap((update) => update.inputs))];
  const matrixOf = ({ update, start, from, to }: Share): Matrix => {
    const own = isOne
      ? update.matrix
      : moved(update.matrix, (input) => inputs.indexOf(update.inputs[input]));
    const cut: Matrix =
      start === 0 && to - from === update.rows
        ? own
        : { kind: 'rows', of: own, from: start, to: start + to - from };
    return scales.size === 1 ? cut : { kind: 'scaled', of: cut, by: update.scale };
  };
  const [first] = ordered;
  const isWhole = first.from === 0 && first.to === rows;
  return {
    tensor: tensor.name,
    updates,
    type: [...new Set(updates.map(({ type }) => type))].join(' + '),
    matrix: isWhole
      ? matrixOf(first)
      : { kind: 'stacked', parts: partsOf(ordered, rows, matrixOf) },
    rows,
    columns,
    inputs,
    scale: scales.size === 1 ? first.update.scale : 1,
    rank: updates.reduce<number | null>(
      (sum, { rank }) => (sum === null || rank === null ? null : sum + rank),
      0,
    ),
    alpha: updates.every(({ alpha }) => alpha === first.update.alpha) ? first.update.alpha : null,
    magnitudes: isWhole ? first.update.magnitudes : null,
  };
}

/** One below the other, with zeros between them. */
function partsOf(ordered: readonly Share[], rows: number, matrixOf: (share: Share) => Matrix) {
  const parts: { rows: number; matrix: Matrix | null }[] = [];
  let at = 0;
  for (const share of ordered) {
    if (share.from > at) parts.push({ rows: share.from - at, matrix: null });
    parts.push({ rows: share.to - share.from, matrix: matrixOf(share) });
    at = share.to;
  }
  if (at < rows) parts.push({ rows: rows - at, matrix: null });
  return parts;
}

/** The same matrix with its inputs at other places. */
function moved(matrix: Matrix, to: (input: number) => number): Matrix {
  switch (matrix.kind) {
    case 'stored':
      return { ...matrix, input: to(matrix.input) };
    case 'product':
    case 'hadamard':
    case 'kronecker':
      return { ...matrix, left: moved(matrix.left, to), right: moved(matrix.right, to) };
    case 'tucker':
      return {
        ...matrix,
        left: moved(matrix.left, to),
        core: moved(matrix.core, to),
        right: moved(matrix.right, to),
      };
    case 'stacked':
      return {
        ...matrix,
        parts: matrix.parts.map((part) => ({
          ...part,
          matrix: part.matrix && moved(part.matrix, to),
        })),
      };
    case 'rows':
    case 'reshaped':
    case 'scaled':
      return { ...matrix, of: moved(matrix.of, to) };
  }
}
