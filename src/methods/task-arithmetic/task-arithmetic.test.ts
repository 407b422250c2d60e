import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { mergeTensor } from '../../testing/merge-tensor.ts';
import taskArithmetic from './index.ts';

const backend = definitionBackend();
const base = [1, 1, 1];
const models = [
  [2, 1, 0],
  [1, 3, 0],
];
const merge = (global: object, perModel: readonly object[] = []) =>
  mergeTensor(backend, {
    method: taskArithmetic,
    base,
    models,
    global: { ...global },
    perModel: perModel.map((values) => ({ ...values })),
  });

test('task vectors add up on the base', async () => {
  expect([...(await merge({ lambda: 1 }))]).toEqual([2, 3, -1]);
});

test('λ scales what was learnt and leaves the base alone', async () => {
  expect([...(await merge({ lambda: 0.5 }))]).toEqual([1.5, 2, 0]);
});

test('normalize turns the sum into a mean', async () => {
  expect([...(await merge({ lambda: 1, normalize: true }))]).toEqual([1.5, 2, 0]);
});

test('a negative weight takes a skill away', async () => {
  expect([...(await merge({ lambda: 1 }, [{ weight: 1 }, { weight: -1 }]))]).toEqual([2, -1, 1]);
});

test('an analogy C + (B − A) is task arithmetic on A', async () => {
  const [b, c] = models;
  const wanted = c.map((value, i) => value + b[i] - base[i]);
  expect([...(await merge({ lambda: 1 }))]).toEqual(wanted);
});
