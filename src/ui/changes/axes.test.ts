import { expect, test } from 'vitest';
import { MagnitudeBins } from '../../views/magnitudes.ts';
import { acrossOf, axesOf, decades, drawn, magnitudeAt, outline, upOf } from './axes.ts';

function of(...values: readonly number[]) {
  const bins = new MagnitudeBins();
  bins.take(Float32Array.from(values));
  return bins.sum();
}

test('doublings lie equally far apart, and a place tells its magnitude', () => {
  const axes = axesOf([of(1, 1, 1), of(8, 0)]);
  expect([axes.from, axes.to, axes.most]).toEqual([1, 12, 3]);
  expect(acrossOf(axes, axes.from)).toBe(0);
  const [two, four] = [2, 4].map((size) => acrossOf(axes, size));
  expect(four - two).toBeCloseTo(two, 12);
  expect(magnitudeAt(axes, four)).toBeCloseTo(4, 12);
});

test('one element shows, none does not', () => {
  const axes = axesOf([of(1, 1, 2)]);
  expect([upOf(axes, 0), upOf(axes, 2)]).toEqual([0, 1]);
  expect(upOf(axes, 1)).toBeCloseTo(0.5, 12);
  expect(outline(axes, axes.bars[0])).toMatch(/^M0\.00 100L0\.00 0\.00.* 100Z$/);
});

test('what is far smaller than the largest change is counted beside the picture', () => {
  const { below, bars } = axesOf([of(1, 1e-12, 1e-13)]);
  expect(below).toEqual([2]);
  expect(bars[0].every(({ from }) => from > 1e-12)).toBe(true);
});

test('nothing at all is a picture, too', () => {
  const axes = axesOf([of(0, 0)]);
  expect(outline(axes, axes.bars[0])).toBe('');
  expect(acrossOf(axes, 0.7)).toBeGreaterThan(0);
});

test('powers of ten are named as far as there is room', () => {
  expect(decades(0.002, 150, 9)).toEqual([-2, -1, 0, 1, 2]);
  expect(decades(1e-8, 1, 4)).toEqual([-6, -3, 0]);
  expect(decades(1, 1, 4)).toEqual([0]);
});

test('draws leave a share of every bar, further right by what makes up for it', () => {
  const axes = axesOf([of(1, 1, 4)], 4);
  expect([axes.from, axes.to]).toEqual([1, axesOf([of(1, 1, 4)]).to * 4]);
  const [first] = drawn(axes.bars[0], { keep: 0.25, scale: 4 });
  expect(first).toEqual({ from: 4, to: axes.bars[0][0].to * 4, count: 0.5 });
});
