import { expect, test } from 'vitest';
import { mean } from './interval.ts';
import { together } from './together.ts';

test('the mean of four equal estimates is twice as sure as one, each end by itself', () => {
  const one = { value: 0.5, low: 0.3, high: 0.6 };
  const { value, low, high } = together([one, one, one, one])!;
  expect([value, low, high].map((each) => each.toFixed(6))).toEqual([
    ...['0.500000', '0.400000', '0.550000'],
  ]);
  expect(together([one])!.low).toBeCloseTo(0.3, 12);
  expect(together([])).toBeNull();
});

test('two halves of many numbers give nearly the interval of them all', () => {
  const half = Array.from({ length: 400 }, (_, i) => Math.sin(i * 12.9898) * 3);
  const all = mean([...half, ...half]);
  const both = together([mean(half), mean(half)])!;
  expect(both.value).toBeCloseTo(all.value, 10);
  expect(both.high / all.high).toBeCloseTo(1, 1);
});

test('an end that is not known leaves the whole without it', () => {
  const open = { value: 0, low: -Infinity, high: 1 };
  expect(together([open, { value: 1, low: 1, high: 1 }])).toMatchObject({ low: -Infinity });
});
