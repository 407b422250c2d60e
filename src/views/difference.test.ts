import { expect, test } from 'vitest';
import { Gap } from './difference.ts';

const f = (...values: readonly number[]) => Float32Array.from(values);

test('two models are told apart by the size of what differs and by the angle of their weights', () => {
  const gap = new Gap();
  gap.take(f(3, 4, 0), f(0, 4, 3), f(-3, 0, 3));
  // 16 of 5 · 5; (−3, 0, 3) is √18 long beside 5.
  expect(gap.differs()).toEqual({
    ...{ nonZero: 2 / 3, mean: 2, median: 3, most: 3, cosine: expect.closeTo(16 / 25, 12) },
    ...{ norm: Math.sqrt(18), overBase: Math.sqrt(18) / 5 },
  });
});

test('parts add up, and what was cleared counts no more', () => {
  const [one, all] = [new Gap(), new Gap()];
  one.take(f(1, 0), f(1, 0), f(0, 0), 3);
  all.add(one);
  one.clear();
  one.take(f(0, 1), f(0, -1), f(0, -2));
  all.add(one);
  expect(all.elements).toBe(8);
  // (1 · 3 − 1) of √4 · √4.
  expect(all.differs()).toMatchObject({ cosine: 0.5, nonZero: 1 / 8, norm: 2, overBase: 1 });
});
