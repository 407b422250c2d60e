/** LoKr (Yeh et al. 2023; LyCORIS): a Kronecker product of two matrices, each whole or in factors. */
import type { Inputs } from '../inputs.ts';
import type { Part } from '../names.ts';
import { Unreadable } from '../unreadable.ts';
import { type Factored, factored } from './factored.ts';
import type { Parts, Type } from './type.ts';

/** A kernel belongs to w2. The rank is that of w2's factors, else of w1's; none where both are whole. */
export const lokr: Type = {
  parts: ['lokr_w1', 'lokr_w1_a', 'lokr_w1_b', 'lokr_w2', 'lokr_w2_a', 'lokr_w2_b', 'lokr_t2'],
  isScaled: true,
  read(parts, inputs) {
    const left = side(parts, inputs, 'lokr_w1', ['lokr_w1_a', 'lokr_w1_b']);
    const right = side(parts, inputs, 'lokr_w2', ['lokr_w2_a', 'lokr_w2_b', 'lokr_t2']);
    return {
      type: 'LoKr',
      rows: left.rows * right.rows,
      columns: left.columns * right.columns,
      rank: right.rank ?? left.rank,
      matrix: { kind: 'kronecker', left: left.matrix, right: right.matrix },
    };
  },
};

type Names = readonly [a: Part, b: Part, t?: Part];

function side(parts: Parts, inputs: Inputs, name: Part, names: Names): Factored {
  const whole = parts.get(name);
  if (!whole) return factored(parts, inputs, names);
  if (names.some((part) => part && parts.has(part))) {
    throw new Unreadable(`${name} both whole and in factors.`);
  }
  const matrix = inputs.matrix(whole);
  return { matrix, rows: matrix.rows, columns: matrix.columns, rank: null };
}
