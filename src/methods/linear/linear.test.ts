import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { mergeTensor } from '../../testing/merge-tensor.ts';
import linear from './index.ts';

const backend = definitionBackend();
const a = [1, 2, -4];
const b = [3, -2, 0];

test('equal weights give the mean', async () => {
  expect([...(await mergeTensor(backend, { method: linear, models: [a, b] }))]).toEqual([2, 0, -2]);
});

test('weights 3 and 1 lean to the first model', async () => {
  const perModel = [{ weight: 3 }, { weight: 1 }];
  const merged = await mergeTensor(backend, { method: linear, models: [a, b], perModel });
  expect([...merged]).toEqual([1.5, 1, -3]);
});

test('without normalize the weighted models are summed', async () => {
  const perModel = [{ weight: 2 }, { weight: -1 }];
  const global = { normalize: false };
  const merged = await mergeTensor(backend, { method: linear, models: [a, b], perModel, global });
  expect([...merged]).toEqual([-1, 6, -8]);
});
