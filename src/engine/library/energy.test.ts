import { expect, test } from 'vitest';
import { curveOf } from './energy.ts';

const spectra = (...values: readonly (readonly number[])[]) =>
  values.map((each) => ({
    values: Float64Array.from(each),
    energy: each.reduce((sum, value) => sum + value * value, 0),
    count: each.length,
  }));

test('shares of the energy by rank: of all modules together, and of the worst', () => {
  // Energies 25 and 5: 16 + 4 of 30 at rank 1, all at rank 2.
  const { total, lowest } = curveOf(spectra([4, 3], [2, 1]));
  expect(total).toEqual([20 / 30, 1]);
  expect(lowest).toEqual([16 / 25, 1]);
});

test('a short spectrum is kept whole beyond its end, and an update of nothing does not count', () => {
  const { total, lowest } = curveOf(spectra([3, 0, 4].toSorted().reverse(), [1], [0, 0]));
  expect(total.length).toBe(3);
  expect(total).toEqual([17 / 26, 1, 1]);
  expect(lowest).toEqual([16 / 25, 1, 1]);
});

test('nothing at all loses nothing', () => {
  expect(curveOf(spectra([0, 0]))).toEqual({ total: [1, 1], lowest: [1, 1] });
});

test('where only the largest values are known, shares are of the whole energy', () => {
  const cut = { values: Float64Array.of(4), energy: 25, count: 2 };
  expect(curveOf([cut])).toEqual({ total: [16 / 25], lowest: [16 / 25] });
});
