import type { Matrix, StoredMatrix } from '../formats/update.ts';

/** Rows [from, to) of one matrix, which are rows `at` and on of another. */
export type Run = { readonly from: number; readonly to: number; readonly at: number };

/** A product of two stored factors, times a number; of the left one's rows only those of the runs. */
export type Factored = {
  readonly left: StoredMatrix;
  readonly right: StoredMatrix;
  readonly by: number;
  readonly runs: readonly Run[];
};

/**
 * The products of stored factors whose sum a matrix is: one, or of a stacked matrix one for each pair of
 * factors in it, with zeros where its rows are not. Null for any other expression.
 */
export function factored(matrix: Matrix): readonly Factored[] | null {
  switch (matrix.kind) {
    case 'product': {
      const { left, right } = matrix;
      if (left.kind !== 'stored' || right.kind !== 'stored') return null;
      return [{ left, right, by: 1, runs: [{ from: 0, to: left.rows, at: 0 }] }];
    }
    case 'scaled':
      return factored(matrix.of)?.map((each) => ({ ...each, by: each.by * matrix.by })) ?? null;
    case 'rows':
      return factored(matrix.of)?.flatMap((each) => cut(each, matrix.from, matrix.to)) ?? null;
    case 'stacked':
      return stacked(matrix.parts);
    default:
      return null;
  }
}

/** What of it is in rows [from, to), which come to row 0 and on. */
function cut(one: Factored, from: number, to: number): readonly Factored[] {
  const runs = one.runs.flatMap((run): readonly Run[] => {
    const [first, end] = [Math.max(run.at, from), Math.min(run.at + run.to - run.from, to)];
    const start = run.from + first - run.at;
    return first < end ? [{ from: start, to: start + end - first, at: first - from }] : [];
  });
  return runs.length > 0 ? [{ ...one, runs }] : [];
}

type Stacked = Extract<Matrix, { kind: 'stacked' }>;

/** The same two factors are one product, however many parts have rows of it. */
function stacked(parts: Stacked['parts']): readonly Factored[] | null {
  const products = new Map<string, Factored>();
  let above = 0;
  for (const { rows, matrix } of parts) {
    const own = matrix === null ? [] : factored(matrix);
    if (own === null) return null;
    for (const { runs, ...one } of own) {
      const key = [one.left.input, one.right.input, one.by].join();
      const lower = runs.map((run) => ({ ...run, at: run.at + above }));
      const known = products.get(key)?.runs ?? [];
      products.set(key, { ...one, runs: [...known, ...lower] });
    }
    above += rows;
  }
  return [...products.values()];
}
