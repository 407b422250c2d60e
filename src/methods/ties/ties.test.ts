import { describe, expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { mergeTensor, type TensorMerge } from '../../testing/merge-tensor.ts';
import ties from './index.ts';

const backend = definitionBackend();
const merge = (merge: Omit<TensorMerge, 'method'>) =>
  mergeTensor(backend, { method: ties, ...merge });

/** Three models that exercise every step; base zero, so that models are task vectors. */
const models = [
  [0.5, 0.25, -0.0625, -0.5, 0.015625],
  [0.125, -0.75, 0.5, 0.625, 0.03125],
  [-0.375, 0.375, -0.125, -0.5, 0.0078125],
];
const base = [0, 0, 0, 0, 0];
const perModel = models.map(() => ({ density: 0.6 }));

describe('one loud model against two quiet ones', () => {
  // Kept: A 0,1,3 · B 1,2,3 · C 0,1,3. Position 1: 0.25 − 0.75 + 0.375 < 0, so B wins alone.
  test('wins when the election is by total', async () => {
    const merged = await merge({ models, base, perModel });
    expect([...merged]).toEqual([0.5, -0.75, 0.5, -0.5, 0]);
  });

  test('loses when the election is by frequency', async () => {
    const merged = await merge({ models, base, perModel, arithmetic: { election: 'frequency' } });
    // Position 0 is a tie of one plus and one minus, which drops; position 1 is (0.25 + 0.375) / 2.
    expect([...merged]).toEqual([0, 0.3125, 0.5, -0.5, 0]);
  });
});

describe('an election that has to be unanimous', () => {
  const unanimous = { arithmetic: { election: 'unanimous', zeroVote: 'plus' } as const };

  test('merges what all models keep and want alike, and nothing else', async () => {
    const agreeing = {
      models: [
        [1, 1, 2, -1],
        [2, -4, 0, -3],
      ],
      base: [0, 0, 0, 0],
    };
    const all = [{ density: 1 }, { density: 1 }];
    // Position 2: one model wants nothing there. An even vote does not count as plus.
    expect([...(await merge({ ...agreeing, ...unanimous, perModel: all }))]).toEqual([
      1.5, 0, 0, -2,
    ]);
    // Who trims an element does not want it: the second keeps positions 1 and 3.
    const trimmed = [{ density: 1 }, { density: 0.5 }];
    expect([...(await merge({ ...agreeing, ...unanimous, perModel: trimmed }))]).toEqual([
      0, 0, 0, -2,
    ]);
  });

  test('is held by the models that have the tensor, also by one alone', async () => {
    const one = { models: [[1, -2]], base: [0, 0], perModel: [{ density: 1 }] };
    expect([...(await merge({ ...one, ...unanimous }))]).toEqual([1, -2]);
  });
});

test('a vote of zero drops the element, or counts as plus', async () => {
  const even = { models: [[1], [-1]], base: [0], perModel: [{ density: 1 }, { density: 1 }] };
  expect([...(await merge(even))]).toEqual([0]);
  expect([...(await merge({ ...even, arithmetic: { zeroVote: 'plus' } }))]).toEqual([1]);
});

test('weights decide who wins, unless the election does not see them', async () => {
  const uneven = {
    models: [[1], [-2]],
    base: [0],
    perModel: [
      { density: 1, weight: 4 },
      { density: 1, weight: 1 },
    ],
  };
  expect([...(await merge(uneven))]).toEqual([1]);
  const unweighted = { ...uneven, arithmetic: { electOn: 'unweighted' as const } };
  expect([...(await merge(unweighted))]).toEqual([-2]);
});

test('the divisor is the sum of weights, the count, or nothing', async () => {
  const agreeing = {
    models: [[1], [3]],
    base: [0],
    perModel: [
      { density: 1, weight: 0.5 },
      { density: 1, weight: 0.5 },
    ],
  };
  const by = async (divisor: 'weights' | 'count' | 'none') =>
    (await merge({ ...agreeing, arithmetic: { divisor } }))[0];
  expect(await by('weights')).toBe(2);
  expect(await by('count')).toBe(1);
  expect(await by('none')).toBe(2);
});

test('λ scales the merged change before it is added to the base', async () => {
  const one = { models: [[3]], base: [1], perModel: [{ density: 1 }] };
  expect([...(await merge({ ...one, global: { lambda: 0.5 } }))]).toEqual([2]);
});

test('density 0 leaves the base', async () => {
  const none = { models: [[3, 4]], base: [1, 1], perModel: [{ density: 0 }] };
  expect([...(await merge(none))]).toEqual([1, 1]);
});
