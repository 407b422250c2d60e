import { expect, test } from 'vitest';
import { randomNumbers } from '../testing/samples.ts';
import { RatioError, runsOf, sharesOf } from './sampling.ts';

test('a small tensor is looked at whole, an empty one not at all', () => {
  expect(runsOf(64, { count: 8, length: 8 }, 1)).toEqual([[0, 64]]);
  expect(runsOf(0, { count: 8, length: 8 }, 1)).toEqual([]);
  expect(runsOf(65, { count: 8, length: 8 }, 1)).toHaveLength(8);
});

test('runs lie one in each stretch, never over its end, at other places for another seed', () => {
  for (const size of [65, 1000, 4097, 10_000_019]) {
    const runs = runsOf(size, { count: 8, length: 8 }, 7);
    for (const [i, [from, to]] of runs.entries()) {
      expect(to - from).toBe(8);
      expect(from).toBeGreaterThanOrEqual(Math.floor((i * size) / 8));
      expect(to).toBeLessThanOrEqual(Math.floor(((i + 1) * size) / 8));
    }
  }
  const some = runsOf(10_000, { count: 4, length: 8 }, 1);
  expect(runsOf(10_000, { count: 4, length: 8 }, 1)).toEqual(some);
  expect(runsOf(10_000, { count: 4, length: 8 }, 2)).not.toEqual(some);
});

test('a whole tensor has no error, one run of a larger one says nothing of it', () => {
  const whole = new RatioError();
  whole.add([[3, 4]], 1);
  expect(whole.of(3, 4)).toBe(0);
  const single = new RatioError();
  single.add([[3, 4]], 0.5);
  expect(single.of(6, 8)).toBe(null);
});

test('the error is that of a worked example', () => {
  // Two runs of equal size, half of the tensor: ratio 1/2, residuals ±1 of 8.
  const error = new RatioError();
  error.add(
    [
      [1, 4],
      [3, 4],
    ],
    0.5,
  );
  // (1 − ½)·2/1·(1 + 1)/½² = 8; √8 ÷ 16
  expect(error.of(8, 16)).toBeCloseTo(Math.sqrt(8) / 16, 12);
});

test('estimates miss by about the error they state', () => {
  const random = randomNumbers(3);
  const size = 100_000;
  // What neighbours have in common makes runs differ more than single elements would.
  const waves = Array.from({ length: 100 }, () => random());
  const isHit = Array.from({ length: size }, (_, i) => random() < waves[Math.floor(i / 1000)]);
  const truth = isHit.filter(Boolean).length / size;
  let beyond = 0;
  for (let seed = 0; seed < 200; seed++) {
    const runs = runsOf(size, { count: 16, length: 50 }, seed).map(([from, to]) => {
      return [isHit.slice(from, to).filter(Boolean).length, to - from] as const;
    });
    const sampled = 800 / size;
    const error = new RatioError();
    error.add(runs, sampled);
    const part = runs.reduce((sum, [hits]) => sum + hits, 0);
    const stated = error.of(part / sampled, size)!;
    if (Math.abs(part / 800 - truth) > 2 * stated) beyond += 1;
  }
  // Two standard errors leave out one in twenty, with 16 runs a few more.
  expect(beyond).toBeLessThan(26);
  expect(beyond).toBeGreaterThan(1);
});

test('all strata have a part, small ones the whole of theirs, and all of them where they are not too many', () => {
  expect(sharesOf([3, 1, 5], 9)).toEqual([3, 1, 5]);
  expect(sharesOf([100, 1, 100, 4], 25)).toEqual([10, 1, 10, 4]);
  // Two at least, so that it can be told how they differ.
  expect(sharesOf([50, 50, 50, 1], 3)).toEqual([2, 2, 2, 1]);
  expect(sharesOf([], 3)).toEqual([]);
});

test('some tensors for many miss by about the error that their differences and their runs state', () => {
  const random = randomNumbers(5);
  // 300 tensors of 40 runs of 10 elements: each with a rate of its own, and every run another one near it.
  const rates = Array.from({ length: 300 }, () => random());
  const hits = rates.map((rate) =>
    Array.from({ length: 40 }, () => {
      const own = rate * (0.5 + random() / 2);
      return Array.from({ length: 10 }, () => random() < own).filter(Boolean).length;
    }),
  );
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const truth = sum(hits.map(sum)) / (300 * 400);
  let beyond = 0;
  for (let seed = 0; seed < 200; seed++) {
    const error = new RatioError();
    const picked = runsOf(300, { count: 20, length: 1 }, seed).map(([i]) => i);
    const totals = picked.map((i) => {
      const runs = runsOf(40, { count: 4, length: 1 }, seed + i).map(([run]) => hits[i][run]);
      error.add(
        runs.map((own) => [own, 10]),
        4 / 40,
        300 / 20,
      );
      return [10 * sum(runs), 400] as const;
    });
    error.add(totals, 20 / 300);
    const part = 15 * sum(totals.map(([own]) => own));
    if (Math.abs(part / 120_000 - truth) > 2 * error.of(part, 120_000)!) beyond += 1;
  }
  expect(beyond).toBeLessThan(26);
  expect(beyond).toBeGreaterThan(1);
});
