import { describe, expect, test } from 'vitest';
import { randomNumbers } from '../testing/samples.ts';
import {
  barsOf,
  densityAt,
  keptAbove,
  keptAt,
  MagnitudeBins,
  type Magnitudes,
  median,
  nonZero,
} from './magnitudes.ts';

function of(values: readonly number[], each = 1): Magnitudes {
  const bins = new MagnitudeBins();
  bins.take(Float32Array.from(values), each);
  return bins.sum();
}

describe('the changes 4, −3, 2, −1, 0.5 and five zeros', () => {
  const some = of([0, 4, -3, 0, 2, -1, 0.5, 0, 0, 0]);

  test('are counted and summed', () => {
    expect([some.elements, nonZero(some), some.mass, some.squares, some.most]).toEqual([
      ...[10, 5, 10.5, 16 + 9 + 4 + 1 + 0.25, 4],
    ]);
  });

  test('keep the largest at each density, with their share of L1 and of L2', () => {
    expect(keptAt(some, 0.2)).toEqual({
      count: 2,
      threshold: 3,
      l1: 7 / 10.5,
      l2: Math.sqrt(25 / 30.25),
    });
    expect(keptAt(some, 0.3).threshold).toBe(2);
    expect(keptAt(some, 0.5)).toMatchObject({ threshold: 0.5, l1: 1, l2: 1 });
  });

  test('are all kept, zeros too, by a density beyond what changes', () => {
    expect(keptAt(some, 0.6)).toMatchObject({ count: 6, threshold: 0, l1: 1 });
    expect(keptAt(some, 1)).toMatchObject({ count: 10, threshold: 0, l1: 1 });
  });

  test('keep one at the least, and nothing at 0', () => {
    expect(keptAt(some, 0.01)).toMatchObject({ count: 1, threshold: 4 });
    expect(keptAt(some, 0)).toMatchObject({ count: 0, threshold: Number.POSITIVE_INFINITY, l1: 0 });
  });

  test('are kept by a threshold that was set elsewhere', () => {
    expect(keptAbove(some, 2)).toEqual({
      ...{ count: 3, threshold: 2, l1: 9 / 10.5 },
      l2: Math.sqrt(29 / 30.25),
    });
    expect(keptAbove(some, 5)).toMatchObject({ count: 0, l1: 0 });
  });

  test('tell the density of a threshold', () => {
    expect([0, 0.5, 1.5, 4, 5].map((size) => densityAt(some, size))).toEqual([1, 0.5, 0.3, 0.1, 0]);
  });

  test('lie in bars of a doubling each, without gaps', () => {
    expect(barsOf(some, 1)).toEqual([
      { from: 0.5, to: 1, count: 1 },
      { from: 1, to: 2, count: 1 },
      { from: 2, to: 4, count: 2 },
      { from: 4, to: 8, count: 1 },
    ]);
    expect(barsOf(of([1, 16]), 1).map(({ count }) => count)).toEqual([1, 0, 0, 0, 1]);
  });
});

test('the median counts zeros, and is the lower of two in the middle', () => {
  expect(median(of([3, 1, 2]))).toBe(2);
  expect(median(of([4, 3, 2, 1]))).toBe(2);
  expect(median(of([0, 0, 0, 5]))).toBe(0);
});

test('equal changes have one threshold, whatever share of them is kept', () => {
  expect(keptAt(of(Array(100).fill(-0.3)), 0.25)).toMatchObject({
    count: 25,
    threshold: Math.fround(0.3),
    l1: expect.closeTo(0.25, 12),
    l2: expect.closeTo(0.5, 12),
  });
});

test('of two changes nearly as large the larger one is kept, or both', () => {
  const two = of([1.01, -1.02]);
  const thresholds = [0.5, 1].map((density) => keptAt(two, density).threshold);
  expect(thresholds).toEqual([1.02, 1.01].map(Math.fround));
});

test('a sampled value stands for several, and sums of bins are bins of the sum', () => {
  const one = new MagnitudeBins();
  const other = new MagnitudeBins();
  one.take(Float32Array.of(1, 2), 10);
  other.take(Float32Array.of(8, 0), 5);
  one.add(other);
  const sum = one.sum();
  expect([sum.elements, sum.mass, sum.most, nonZero(sum)]).toEqual([30, 70, 8, 25]);
  other.clear();
  other.take(Float32Array.of(3));
  expect([other.sum().mass, other.sum().most, other.sum().elements]).toEqual([3, 3, 1]);
});

test('what is no number is no change, and nothing at all has no share', () => {
  const odd = of([Number.NaN, Number.POSITIVE_INFINITY, -2]);
  expect([odd.elements, nonZero(odd), odd.mass, odd.most]).toEqual([3, 1, 2, 2]);
  expect(keptAt(of([0, 0]), 0.5)).toMatchObject({ l1: null, l2: null });
  expect(barsOf(of([]))).toEqual([]);
});

test('of random numbers every quantile is right to one part in a hundred, its shares to one in a thousand', () => {
  const random = randomNumbers(5);
  const values = Array.from({ length: 20_000 }, () => (random() - 0.5) * 10 ** (-4 * random()));
  const some = of(values);
  const sorted = [...Float32Array.from(values)].map(Math.abs).toSorted((a, b) => b - a);
  for (const density of [0.01, 0.1, 0.2, 0.5, 0.9]) {
    const kept = sorted.slice(0, Math.trunc(density * 20_000));
    const { threshold, l1, l2 } = keptAt(some, density);
    const sum = (of: readonly number[], power: number) => of.reduce((s, x) => s + x ** power, 0);
    expect(threshold / kept.at(-1)!).toBeCloseTo(1, 2);
    expect(l1).toBeCloseTo(sum(kept, 1) / sum(sorted, 1), 3);
    expect(l2).toBeCloseTo(Math.sqrt(sum(kept, 2) / sum(sorted, 2)), 3);
    expect(densityAt(some, threshold)).toBeCloseTo(density, 3);
  }
  expect(median(some) / sorted[10_000]).toBeCloseTo(1, 2);
});
