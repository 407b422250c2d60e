import { describe, expect, test } from 'vitest';
import { effectiveRank, energyCurve, energyKept, rankForEnergy } from './spectrum.ts';

/** Squares 16, 8, 4, 4: together 32. */
const four = Float64Array.of(4, Math.sqrt(8), 2, 2);
const zero = new Float64Array(3);
const empty = new Float64Array(0);
const shares = (curve: Float64Array) => [...curve].map((share) => Number(share.toFixed(12)));

describe('the energy that ranks keep', () => {
  test('is the share of the squares', () => {
    expect(shares(energyCurve(four))).toEqual([0.5, 0.75, 0.875, 1]);
    expect(energyKept(four, 2)).toBeCloseTo(0.75, 12);
  });
  test('is all of it at the end of the spectrum, exactly, and beyond', () => {
    expect(energyKept(four, 4)).toBe(1);
    expect(energyKept(four, 9)).toBe(1);
    expect(energyCurve(Float64Array.of(1, 1e-3, 1e-9)).at(-1)).toBe(1);
  });
  test('is all of nothing', () => {
    expect([...energyCurve(zero)]).toEqual([1, 1, 1]);
    expect(energyKept(empty, 1)).toBe(1);
  });
  test.each([1e200, 1e-200])('does not depend on the size, %d', (size) => {
    expect(shares(energyCurve(four.map((value) => value * size)))).toEqual([0.5, 0.75, 0.875, 1]);
  });
  test('counts the energy of values that are not listed', () => {
    expect(shares(energyCurve(four.slice(0, 2), 32))).toEqual([0.5, 0.75]);
  });
  test('has no rank 0', () => {
    expect(() => energyKept(four, 0)).toThrow('whole number from 1 on');
  });
});

describe('the rank for a share of the energy', () => {
  test.each([
    [0.4, 1],
    [0.5, 1],
    [0.51, 2],
    [0.75, 2],
    [0.9, 4],
    [1, 4],
  ])('%d takes rank %i', (share, rank) => {
    expect(rankForEnergy(four, share)).toBe(rank);
  });
  test('is 1 where nothing is to be kept', () => {
    expect([rankForEnergy(zero, 0.9), rankForEnergy(empty, 0.9)]).toEqual([1, 1]);
  });
  test.each([0, -0.1, 1.01, Number.NaN])('%d is no share', (share) => {
    expect(() => rankForEnergy(four, share)).toThrow(`not ${share}`);
  });
});

test('the effective rank of r equal values is r, whatever zeros follow', () => {
  expect(effectiveRank(Float64Array.of(7, 7, 7))).toBeCloseTo(3, 12);
  expect(effectiveRank(Float64Array.of(7, 7, 0, 0))).toBeCloseTo(2, 12);
  expect(effectiveRank(zero)).toBe(0);
  // Shares 2/3 and 1/3: exp(ln 3 − 2/3·ln 2).
  expect(effectiveRank(Float64Array.of(2, 1))).toBeCloseTo(3 / 2 ** (2 / 3), 12);
});

test('the stable rank is the energy in units of the largest', () => {});
