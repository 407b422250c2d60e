import { describe, expect, test } from 'vitest';
import { cosine } from './cosine.ts';
import { bootstrap, mean, pairedProportions, proportion, ratio } from './interval.ts';
import { normalBelow, normalQuantile, studentBelow, studentQuantile } from './quantiles.ts';
import { ranksOf, spearman } from './spearman.ts';

// Numbers with many digits are those of scipy 1.x: norm.ppf, t.ppf, binomtest, sem, spearmanr, rankdata.
describe('quantiles', () => {
  test('of the normal distribution', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 10);
    expect(normalQuantile(0.9)).toBeCloseTo(1.2815515655446004, 10);
    expect(normalQuantile(0.0005)).toBeCloseTo(-3.2905267314918945, 10);
    expect(normalBelow(0)).toBe(0.5);
  });

  test('of Student’s t, from one degree of freedom to many', () => {
    expect(studentQuantile(0.975, 1)).toBeCloseTo(12.706204736174694, 8);
    expect(studentQuantile(0.975, 4)).toBeCloseTo(2.7764451051977934, 9);
    expect(studentQuantile(0.975, 30)).toBeCloseTo(2.0422724563012378, 9);
    expect(studentQuantile(0.975, 249)).toBeCloseTo(1.9695368676403504, 9);
    expect(studentQuantile(0.005, 7)).toBeCloseTo(-3.4994832973504932, 9);
    expect(studentBelow(0, 3)).toBe(0.5);
  });
});

describe('intervals', () => {
  test('of a share are Wilson’s, also where all or none are right', () => {
    const { value, low, high } = proportion(487, 500);
    expect([value, low, high]).toEqual([
      0.974,
      expect.closeTo(0.9560285091657758, 10),
      expect.closeTo(0.9847436160766728, 10),
    ]);
    expect(proportion(0, 10)).toEqual({ value: 0, low: 0, high: expect.closeTo(0.2775328, 7) });
    expect(proportion(10, 10)).toEqual({ value: 1, low: expect.closeTo(0.7224672, 7), high: 1 });
    expect(proportion(3, 7).low).toBeCloseTo(0.1582198552514697, 10);
  });

  test('of a mean are Student’s', () => {
    expect(mean([1.2, 0.7, 2.5, 1.9, 0.4, 3.3])).toEqual({
      value: expect.closeTo(1.6666666666666667, 12),
      low: expect.closeTo(0.5005804261310389, 9),
      high: expect.closeTo(2.832752907202295, 9),
    });
  });

  test('of a loss per token count long items for more', () => {
    expect(ratio([3.1, 0.4, 7.7, 2, 5.2], [4, 1, 9, 3, 5])).toEqual({
      value: expect.closeTo(0.8363636363636363, 12),
      low: expect.closeTo(0.6592101837602885, 9),
      high: expect.closeTo(1.0135170889669842, 9),
    });
  });

  test('of one item, or none, promise nothing', () => {
    expect(mean([3])).toEqual({ value: 3, low: -Infinity, high: Infinity });
    expect(proportion(0, 0)).toEqual({ value: Number.NaN, low: 0, high: 1 });
  });

  test('of two shares on the same items are Agresti and Min’s', () => {
    expect(pairedProportions(12, 5, 100)).toEqual({
      value: 0.07,
      low: expect.closeTo(-0.011801075037416398, 10),
      high: expect.closeTo(0.14905597699820072, 10),
    });
  });

  test('two items that are both won prove nothing yet, twenty do', () => {
    expect(pairedProportions(2, 0, 2).low).toBeLessThan(0);
    expect(pairedProportions(20, 0, 20).low).toBeGreaterThan(0.5);
  });

  test('by drawing come near those of scipy’s bootstrap, and are the same twice', () => {
    const values = [1.2, 0.7, 2.5, 1.9, 0.4, 3.3];
    const meanOf = (items: readonly number[]) =>
      items.reduce((sum, at) => sum + values[at], 0) / items.length;
    const first = bootstrap(6, meanOf, { draws: 4000 });
    expect(first.low).toBeCloseTo(0.9, 1);
    expect(first.high).toBeCloseTo(2.5, 1);
    expect(bootstrap(6, meanOf, { draws: 4000 })).toEqual(first);
  });
});

describe('ranks', () => {
  test('of equal values are shared', () => {
    expect(ranksOf([1, 3, 2, 2, 5, 4, 4])).toEqual([1, 4, 2.5, 2.5, 7, 5.5, 5.5]);
  });

  test('correlate as in scipy', () => {
    const [a, b] = [
      [0.1, 0.5, 0.5, 0.2, 0.9, 0.7, 0.3],
      [1, 3, 2, 2, 5, 4, 4],
    ];
    expect(spearman(a, b)).toBeCloseTo(0.7981987297166115, 12);
  });

  test('say nothing where one side is all equal', () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(spearman([1], [1])).toBeNull();
  });
});

test('the cosine of vectors does not mind their lengths, and refuses unequal ones', () => {
  expect(cosine([3, 4], [6, 8])).toBeCloseTo(1, 12);
  expect(cosine([1, 0], [0, 2])).toBe(0);
  expect(cosine([0, 0], [1, 2])).toBe(0);
  expect(() => cosine([1], [1, 2])).toThrow(RangeError);
});
