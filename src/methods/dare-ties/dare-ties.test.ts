import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { isKept, keepLimit, tensorKey } from '../../numerics/random.ts';
import { mergeTensor } from '../../testing/merge-tensor.ts';
import dareTies from './index.ts';

const backend = definitionBackend();
const size = 256;
const base = new Float32Array(size);
const plus = new Float32Array(size).fill(1);
const minus = new Float32Array(size).fill(-3);

test('the models that noise kept elect a sign, and the winners are averaged', async () => {
  const merged = await mergeTensor(backend, {
    method: dareTies,
    base,
    models: [plus, minus, plus],
    global: { lambda: 1, seed: 5 },
    perModel: [{ density: 0.5 }, { density: 0.5 }, { density: 0.5 }],
  });
  const key = tensorKey('weight');
  const keeps = (model: number, i: number) => isKept(keepLimit(0.5), 5, 0, key, model, i);
  const wanted = base.map((_, i) => {
    // Kept values are doubled: −6 outvotes 2 + 2.
    if (keeps(1, i)) return -6;
    return keeps(0, i) || keeps(2, i) ? 2 : 0;
  });
  expect([...merged]).toEqual([...wanted]);
  expect(new Set(merged)).toEqual(new Set([-6, 2, 0]));
});

test('with density 1 nothing is random: it is TIES without a trim', async () => {
  const merged = await mergeTensor(backend, {
    method: dareTies,
    base: [1, 1],
    models: [
      [3, 0],
      [2, 3],
    ],
    global: { lambda: 1 },
    perModel: [{ density: 1 }, { density: 1 }],
  });
  expect([...merged]).toEqual([2.5, 3]);
});
