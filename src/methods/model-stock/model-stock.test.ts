import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { mergeTensor } from '../../testing/merge-tensor.ts';
import modelStock from './index.ts';

const backend = definitionBackend();
const base = [1, 1, 1, 1];
/** Changes of two models: at right angles in the first row, the same in the second. */
const models = [
  [2, 0, 3, 3],
  [0, 2, 3, 3],
].map((change) => change.map((value, i) => value + base[i]));

test('filter-wise each row has its own ratio: one stays at the base, the other goes all the way', async () => {
  const merge = { method: modelStock, base, models, shape: [2, 2] };
  const merged = await mergeTensor(backend, { ...merge, global: { filter_wise: true } });
  expect([...merged]).toEqual([1, 1, 4, 4]);
  // As one arrow: cos θ = 18 / 22, t = 2 · 9/11 ÷ (1 + 9/11) = 0.9.
  const whole = await mergeTensor(backend, merge);
  for (const [i, wanted] of [1.9, 1.9, 3.7, 3.7].entries()) expect(whole[i]).toBeCloseTo(wanted, 6);
});

test('a tensor of one dimension is one row', async () => {
  const merge = { method: modelStock, base, models, shape: [4] };
  const merged = await mergeTensor(backend, { ...merge, global: { filter_wise: true } });
  expect([...merged]).toEqual([...(await mergeTensor(backend, merge))]);
});
