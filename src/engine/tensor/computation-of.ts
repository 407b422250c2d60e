import type { RowSource } from '../../formats/rows.ts';
import type { ComputedPlane } from '../../plan/types.ts';
import * as codes from './codes.ts';
import type { Computation } from './computation.ts';
import { computationOfRows, storedRows } from './rows.ts';
import { computationOfUpdate } from './update.ts';

/** How a plane's values are computed. Throws where the formula contradicts itself. */
export function computationOf({
  formula,
  inputs,
}: {
  readonly formula: ComputedPlane['formula'];
  readonly inputs: readonly unknown[];
}): Computation {
  if (formula.kind === 'update') return computationOfUpdate(formula, inputs.length);
  if (formula.kind === 'rows')
    return computationOfRows(formula, formula.sources.map(computationOfSource));
  return {
    reach: (from, to, most) => codes.reach(formula, from, to, most),
    chunkEnd: (from, to) => codes.chunkEnd(formula, from, to),
    needs: (from, to) => codes.needs(formula, from, to),
    async open(fetched) {
      const opened = codes.open(formula, fetched);
      return (from, out) => codes.compute(formula, opened, from, out);
    },
  };
}

function computationOfSource({ formula, dtype, inputs }: RowSource): Computation {
  if (formula === null) return storedRows(dtype);
  return computationOf({ formula, inputs: new Array(inputs) });
}
