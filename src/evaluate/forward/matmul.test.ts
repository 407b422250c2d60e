import { describe, expect, test } from 'vitest';
import { awkward, ends, farthest, matmulBy, matmulPlainly } from '../../testing/forward-steps.ts';
import { CpuProcessor } from './cpu.ts';

describe.each(ends)('matmul, %s, gives the plain product', (end) => {
  test.each(awkward)('of $rows × $depth × $columns', async (sizes) => {
    for (const biased of [false, true]) {
      const product = { ...sizes, end, biased };
      const made = await matmulBy(new CpuProcessor(), product);
      expect(farthest(made, matmulPlainly(product))).toBeLessThan(1e-6);
    }
  });
});

test('columns that fill no oct are made as well', async () => {
  const product = { rows: 5, depth: 8, columns: 19, end: 'PLAIN', biased: true } as const;
  const made = await matmulBy(new CpuProcessor(), product);
  expect(farthest(made, matmulPlainly(product))).toBeLessThan(1e-6);
});
