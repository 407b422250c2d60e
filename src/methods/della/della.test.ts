import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { isKept, keepLimit, tensorKey } from '../../numerics/random.ts';
import { roundTo } from '../../numerics/round.ts';
import { mergeTensor } from '../../testing/merge-tensor.ts';
import { chancesOf, dellaGuides } from '../della.ts';
import dellaLinear from '../della-linear/index.ts';
import chances from './chances.json';
import della from './index.ts';

const backend = definitionBackend();
const key = tensorKey('weight');
/** Whether noise keeps an element that has this chance. */
const keeps = (chance: number, seed: number, model: number, i: number) =>
  isKept(keepLimit(chance), seed, 0, key, model, i);

test('the larger a change is in its row, the likelier it stays, and it is divided by its own chance', async () => {
  // Ranks from 0: 1 0 2 | 2 1 0. The rows are told apart: 3 is the largest of one and the smallest of the other.
  const change = [2, 1, -3, 5, -4, 3];
  const ranks = [1, 0, 2, 2, 1, 0];
  const byRank = [0.25, 0.5, 0.75];
  for (let seed = 0; seed < 40; seed++) {
    const merged = await mergeTensor(backend, {
      method: dellaLinear,
      base: change.map(() => 0),
      models: [change],
      shape: [2, 3],
      global: { seed },
      perModel: [{ density: 0.5, epsilon: 0.25 }],
    });
    const wanted = change.map((value, i) => {
      const chance = byRank[ranks[i]];
      return keeps(chance, seed, 0, i) ? Math.fround(value / chance) : 0;
    });
    expect([...merged], `seed ${seed}`).toEqual(wanted);
  }
});

test('over many elements each rank is kept as often as its chance says, and the mean change stays', async () => {
  const [rows, columns] = [20_000, 5];
  const change = Float32Array.from({ length: rows * columns }, (_, i) => 1 + (i % columns));
  const merged = await mergeTensor(backend, {
    method: dellaLinear,
    base: new Float32Array(change.length),
    models: [change],
    shape: [rows, columns],
    perModel: [{ density: 0.5, epsilon: 0.3 }],
  });
  for (let rank = 0; rank < columns; rank++) {
    const own = merged.filter((_, i) => i % columns === rank);
    const share = own.filter((value) => value !== 0).length / rows;
    // Four standard deviations.
    expect(Math.abs(share - (0.2 + 0.15 * rank))).toBeLessThan(4 * Math.sqrt(0.25 / rows));
    const mean = own.reduce((sum, value) => sum + value, 0) / rows;
    expect(Math.abs(mean / (1 + rank) - 1)).toBeLessThan(4 * Math.sqrt(4 / rows));
  }
});

test('of equal magnitudes the first counts as the largest', async () => {
  const guides = dellaGuides.of({
    ...{ arithmetic: null as never, shape: [1, 4], roundSum: Math.fround, global: { seed: 0 } },
    perModel: [{ weight: 1, density: 0.5, epsilon: 0.5 }],
  });
  for (const [rank, chance] of [0, 1 / 3, 2 / 3, 1].entries()) {
    expect(guides.values[0](rank)).toBeCloseTo(chance, 6);
  }
  // The first is always kept, the last never.
  for (let seed = 0; seed < 20; seed++) {
    const merged = await mergeTensor(backend, {
      ...{ method: dellaLinear, base: [0, 0, 0, 0], models: [[2, -2, 2, 2]], shape: [1, 4] },
      ...{ global: { seed }, perModel: [{ density: 0.5, epsilon: 0.5 }] },
      arithmetic: { rescale: 'none' },
    });
    expect([merged[0], merged[3]]).toEqual([2, 0]);
  }
});

test('in a stack of matrices changes are ranked along the second dimension, as in mergekit; alone in one row', async () => {
  const change = [1, 5, 3, 7];
  const merge = {
    ...{ method: dellaLinear, base: [0, 0, 0, 0], models: [change] },
    // The largest always stays, and the smallest never.
    ...{ perModel: [{ density: 0.5, epsilon: 0.5 }], arithmetic: { rescale: 'none' } as const },
  };
  // 1 and 3, 5 and 7 are the vectors.
  expect([...(await mergeTensor(backend, { ...merge, shape: [1, 2, 2] }))]).toEqual([0, 0, 3, 7]);
  // 1 and 5, 3 and 7.
  expect([...(await mergeTensor(backend, { ...merge, shape: [2, 2] }))]).toEqual([0, 5, 0, 7]);
  const alone = await mergeTensor(backend, { ...merge, shape: [4] });
  expect([alone[0], alone[3]]).toEqual([0, 7]);
});

test('rows that are cut by blocks are ranked as the same rows', async () => {
  const models = [0, 1].map((k) => Array.from({ length: 42 }, (_, i) => Math.sin(7 * i + k)));
  for (const rescale of ['inverse', 'l1'] as const) {
    for (const shape of [[6, 7], [42], [2, 7, 3]]) {
      const merge = {
        ...{ method: della, base: models[0].map(() => 0.5), models, shape },
        ...{ arithmetic: { rescale }, perModel: [{ density: 0.5 }, { density: 0.4 }] },
      };
      const whole = [...(await mergeTensor(backend, merge))];
      for (const blockSize of [4, 7, 16, 33]) {
        expect([...(await mergeTensor(backend, { ...merge, blockSize }))]).toEqual(whole);
      }
      expect(new Set(whole).size).toBeGreaterThan(3);
    }
  }
});

test('with matched norms the mass of what is left is that of all', async () => {
  const change = Array.from({ length: 300 }, (_, i) => Math.sin(3 * i));
  const merged = await mergeTensor(backend, {
    ...{ method: dellaLinear, base: change.map(() => 0), models: [change], shape: [20, 15] },
    ...{ arithmetic: { rescale: 'l1' }, perModel: [{ density: 0.5, epsilon: 0.3 }] },
  });
  const mass = (values: Iterable<number>) =>
    [...values].reduce((sum, value) => sum + Math.abs(value), 0);
  expect(mass(merged)).toBeCloseTo(mass(change), 3);
  expect(merged.filter((value) => value === 0).length).toBeGreaterThan(100);
});

test('those that the draws kept elect a sign, and the winners are averaged', async () => {
  const size = 64;
  const flat = (value: number) => new Float32Array(size).fill(value);
  const seed = 5;
  const merged = await mergeTensor(backend, {
    ...{ method: della, base: flat(0), models: [flat(1), flat(-3), flat(1)], shape: [size, 1] },
    ...{ global: { seed }, perModel: [0, 1, 2].map(() => ({ density: 0.5 })) },
  });
  // A row of one element has the middle chance; kept values are doubled.
  const wanted = Array.from({ length: size }, (_, i) => {
    if (keeps(0.5, seed, 1, i)) return -6;
    return keeps(0.5, seed, 0, i) || keeps(0.5, seed, 2, i) ? 2 : 0;
  });
  expect([...merged]).toEqual(wanted);
});

test.each(chances.cases.map((one) => [`${one.length} ranks, ${one.dtype}`, one] as const))(
  'chances are those of mergekit: %s',
  (_, { dtype, density, epsilon, length, expected }) => {
    const of = chancesOf({ density, epsilon }, length, roundTo(dtype as 'F32' | 'BF16'));
    for (const [rank, wanted] of expected.entries()) {
      // The noise has 24 bits, and so has a draw of mergekit's.
      expect(Math.abs(of(rank) - Number(wanted)), `rank ${rank}`).toBeLessThanOrEqual(2 ** -24);
    }
  },
);
