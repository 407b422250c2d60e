import { describe, expect, test } from 'vitest';
import { numbers } from '../../testing/lowrank-gpu.ts';
import { cosine, norm } from '../../views/rates.ts';
import type { Run } from '../../views/sampling.ts';
import { type Ballot, Tally } from '../../views/tally.ts';
import { emptyTiles, pool, type TileSums, tilingOf } from '../../views/tiles.ts';
import { Counter } from './counted.ts';

const ballots: readonly Ballot[] = [
  { by: 'total', sees: 'weighted', even: 'drop' },
  { by: 'frequency', sees: 'weighted', even: 'plus' },
  { by: 'total', sees: 'unweighted', even: 'plus' },
  { by: 'frequency', sees: 'unweighted', even: 'drop' },
  { by: 'unanimous', sees: 'weighted', even: 'plus' },
];

/** A third of it zeros, as a trim leaves them; sums of dyadic ones are exact in f32. */
function leftOf(models: number, count: number, isDyadic: boolean): readonly Float32Array[] {
  return Array.from({ length: models }, (_, k) =>
    numbers(k + 1, count, isDyadic).map((value, i) => ((i * 7 + k) % 3 === 0 ? 0 : value)),
  );
}

/** Powers of two and their negatives, one of them 0. */
function weightsOf(models: number): number[] {
  return Array.from({ length: models }, (_, k) =>
    k === 3 ? 0 : (k % 5 === 4 ? -1 : 1) / 2 ** (k % 3),
  );
}

const everyone = (models: number) => Array.from({ length: models }, (_, k) => k);

function runsOf(count: number, length: number): readonly Run[] {
  return Array.from({ length: count }, (_, i) => [1000 * i, 1000 * i + length] as const);
}

function defined(
  left: readonly Float32Array[],
  weights: readonly number[],
  ballot: Ballot,
  from = 0,
  to = left[0].length,
) {
  const tally = new Tally(left.length);
  tally.take(left, weights, ballot, from, to);
  return tally;
}

describe('runs of elements are counted as they are defined', () => {
  test.each([
    [1, 16, 1],
    [2, 16, 567],
    [2, 1, 1],
    [3, 1, 3],
    [3, 4, 4099],
    [4, 5, 8],
    [5, 1, 2050],
    [7, 3, 31],
    [20, 16, 33],
    [33, 2, 9],
  ] as const)('%i models, %i runs of %i', async (models, count, length) => {
    const runs = runsOf(count, length);
    const left = leftOf(models, count * length, true);
    const weights = weightsOf(models);
    // Each is compiled anew.
    for (const ballot of ballots.slice(0, models < 4 ? 4 : 1)) {
      const counter = await Counter.of(models, ballot);
      const { all, runs: parts } = counter.runs(
        { left, weights, ordinals: everyone(models) },
        runs,
      );
      expect(all).toEqual(defined(left, weights, ballot));
      for (const [r, part] of parts.entries()) {
        const own = defined(left, weights, ballot, r * length, (r + 1) * length);
        const { shared, conflicts, mass, opposed } = own;
        expect(part).toMatchObject({ shared, conflicts, mass, opposed });
      }
    }
  });

  test('decisions are the same where every step rounds, sums to six digits', async () => {
    const left = leftOf(6, 16 * 600, false);
    const weights = [0.9, 1.1, -0.3, 0, 0.7, 1 / 3];
    for (const ballot of ballots) {
      const counter = await Counter.of(6, ballot);
      const { all } = counter.runs({ left, weights, ordinals: everyone(6) }, runsOf(16, 600));
      const wanted = defined(left, weights, ballot);
      const { elements, shared, conflicts, split, nonZero, both, opposite } = wanted;
      expect(all).toMatchObject({ elements, shared, conflicts, split, nonZero, both, opposite });
      expect(split).toBeGreaterThan(100);
      for (const name of ['massOf', 'overruledOf', 'squaresOf'] as const) {
        for (const [k, value] of wanted[name].entries()) {
          expect(Math.abs(all[name][k] - value)).toBeLessThanOrEqual(1e-6 * value);
        }
      }
      for (const [i, value] of wanted.products.entries()) {
        expect(Math.abs(all.products[i] - value)).toBeLessThan(1e-6 * wanted.mass);
      }
    }
  });

  test('whose plane is not there wants nothing, and planes go by their place', async () => {
    const left = leftOf(2, 40, true);
    const none = new Float32Array(40);
    const counter = await Counter.of(4, ballots[0]);
    const { all } = counter.runs({ left, weights: [1, 0.5], ordinals: [3, 1] }, runsOf(1, 40));
    expect(all).toEqual(defined([none, left[1], none, left[0]], [0, 0.5, 0, 1], ballots[0]));
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 3e38])('%f is nobody’s wish', async (odd) => {
    const left = leftOf(3, 100, true);
    left[1][50] = odd;
    const weights = [1, 4, 2];
    const counter = await Counter.of(3, ballots[0]);
    const wishes = { left, weights, ordinals: [0, 1, 2] };
    const { all } = counter.runs(wishes, runsOf(2, 50));
    expect(all).toEqual(defined(left, weights, ballots[0]));
    expect(Number.isFinite(all.mass)).toBe(true);
  });

  test.each([1e-24, 1e-30, 1e19, 1e30])(
    'changes of %f keep their lengths and angles',
    async (size) => {
      const left = leftOf(3, 100, false).map((values) => values.map((value) => value * size));
      const weights = [1, -0.3, 0.5];
      const counter = await Counter.of(3, ballots[0]);
      const wishes = { left, weights, ordinals: [0, 1, 2] };
      const { all } = counter.runs(wishes, runsOf(2, 50));
      const wanted = defined(left, weights, ballots[0]);
      expect(norm(all) / norm(wanted)).toBeCloseTo(1, 6);
      expect(norm(all)).toBeGreaterThan(size);
      for (const [a, b] of [
        [0, 1],
        [0, 2],
        [1, 2],
      ]) {
        expect(cosine(all, a, b)).toBeCloseTo(cosine(wanted, a, b)!, 6);
      }
    },
  );

  test('no runs are nothing', async () => {
    const counter = await Counter.of(2, ballots[0]);
    const wishes = { left: leftOf(2, 0, true), weights: [1, 1], ordinals: [0, 1] };
    expect(counter.runs(wishes, [])).toEqual({ all: new Tally(2), runs: [] });
  });
});

describe('tiles are counted as they are defined', () => {
  const together = (tiles: TileSums) =>
    Object.fromEntries(Object.entries(tiles).map(([name, sums]) => [name, [...sums]]));

  test.each([
    ['a tile an element', [7, 5], 512, 35],
    ['tiles of several rows and columns, the last ones smaller', [37, 53], 8, 10_000],
    ['parts that begin and end within rows', [37, 53], 8, 101],
    ['parts that are smaller than a row', [9, 301], 4, 77],
    ['one long row', [1, 5003], 64, 700],
    ['one column', [301, 1], 16, 50],
    ['nearly all of them in one tile', [65, 2], 1, 128],
  ] as const)('%s', async (_, matrix, most, part) => {
    const tiling = tilingOf(matrix, most);
    const elements = matrix[0] * matrix[1];
    for (const models of [1, 2, 5]) {
      const left = leftOf(models, elements, true);
      const weights = weightsOf(models);
      const counter = await Counter.of(models, ballots[0]);
      const tiles = emptyTiles(tiling);
      const tally = new Tally(models);
      for (let from = 0; from < elements; from += part) {
        const own = left.map((values) => values.subarray(from, from + part));
        counter.tiles(
          { left: own, weights, ordinals: everyone(models) },
          from,
          tiling,
          tiles,
          tally,
        );
      }
      const wanted = emptyTiles(tiling);
      pool(wanted, tiling, 0, left, weights);
      expect(together(tiles)).toEqual(together(wanted));
      expect(tally).toEqual(defined(left, weights, ballots[0]));
    }
  });
});
