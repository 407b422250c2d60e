import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { mergeTensor } from '../../testing/merge-tensor.ts';
import magnitudePrune from './index.ts';

const backend = definitionBackend();
const base = [0, 0, 0, 0];
const prune = (models: readonly number[][], density: number, rest: object = {}) =>
  mergeTensor(backend, {
    method: magnitudePrune,
    base: base.slice(0, models[0].length),
    models,
    global: { lambda: 1 },
    perModel: models.map(() => ({ density })),
    ...rest,
  });

test('half of the elements survive, the largest ones', async () => {
  expect([...(await prune([[1, -4, 3, 2]], 0.5))]).toEqual([0, -4, 3, 0]);
});

test('among equals the lowest index survives', async () => {
  expect([...(await prune([[2, -2, 2, 2]], 0.5))]).toEqual([2, -2, 0, 0]);
});

test('what is left of two models is added up', async () => {
  const models = [
    [1, 0, 5, 0],
    [7, 0, 2, 0],
  ];
  expect([...(await prune(models, 0.25))]).toEqual([7, 0, 5, 0]);
});

test('a density above 0 keeps one element of a tiny tensor, and none in the PEFT dialect', async () => {
  expect([...(await prune([[1, 2]], 0.2))]).toEqual([0, 2]);
  expect([...(await prune([[1, 2]], 0.2, { dialect: 'peft' }))]).toEqual([0, 0]);
});

test('matching the L1 norm gives the survivors the weight of all', async () => {
  const rescaled = { arithmetic: { trimRescale: 'l1' } };
  expect([...(await prune([[1, -4, 4, 1]], 0.5, rescaled))]).toEqual([0, -5, 5, 0]);
});
