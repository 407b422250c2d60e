/** LoHa (Hyeon-Woo et al. 2022; LyCORIS): the element-wise product of two low-rank matrices. */
import { Unreadable } from '../unreadable.ts';
import { factored } from './factored.ts';
import type { Type } from './type.ts';

export const loha: Type = {
  parts: ['hada_w1_a', 'hada_w1_b', 'hada_w2_a', 'hada_w2_b', 'hada_t1', 'hada_t2'],
  isScaled: true,
  read(parts, inputs) {
    const left = factored(parts, inputs, ['hada_w1_a', 'hada_w1_b', 'hada_t1']);
    const right = factored(parts, inputs, ['hada_w2_a', 'hada_w2_b', 'hada_t2']);
    if (left.rows !== right.rows || left.columns !== right.columns) {
      const found = `${left.rows} × ${left.columns} and ${right.rows} × ${right.columns}`;
      throw new Unreadable(`Two matrices of different shapes: ${found}.`);
    }
    return {
      ...left,
      type: 'LoHa',
      matrix: { kind: 'hadamard', left: left.matrix, right: right.matrix },
    };
  },
};
