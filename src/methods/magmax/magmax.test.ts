import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { mergeTensor } from '../../testing/merge-tensor.ts';
import method from './index.ts';

const backend = definitionBackend();

test('the largest change wins whole, whatever its sign, and λ scales it', async () => {
  const models = [
    [2, 1, 0.5, 1],
    [1, -2, 0.25, 1],
    [1.5, 1, 0.5, 1],
  ];
  const base = [1, 1, 1, 1];
  // Changes: 1, 0, 0.5 · 0, −3, 0 · −0.5, −0.75, −0.5 · none.
  const run = (lambda: number) =>
    mergeTensor(backend, { method, models, base, global: { lambda } });
  expect([...(await run(1))]).toEqual([2, -2, 0.25, 1]);
  expect([...(await run(0.5))]).toEqual([1.5, -0.5, 0.625, 1]);
});

test('among equals the first model wins', async () => {
  const models = [[-1], [1]];
  const merged = await mergeTensor(backend, { method, models, base: [0], global: { lambda: 1 } });
  expect([...merged]).toEqual([-1]);
});
