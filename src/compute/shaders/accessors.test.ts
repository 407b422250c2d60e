import { expect, test } from 'vitest';
import { type Layout, pack, unpack } from '../../methods/coefficients.ts';
import { accessors } from './accessors.ts';

const receives = {
  once: { lambda: 'f32', seed: 'u32', normalize: 'f32' },
  each: { weight: 'f32', cut: 'u32' },
} as const satisfies Layout;
const given = { lambda: 0.5, seed: 0xfffffffe, normalize: true, weight: [1, -2], cut: [0, 70000] };

test('coefficients travel as one list, whole numbers in two halves, and are found again by name', () => {
  const list = pack({ receives }, given, 2);
  expect(list).toEqual([0.5, 65535, 65534, 1, 1, 0, 0, -2, 1, 4464]);
  expect(unpack({ receives }, list)).toEqual({
    ...{ lambda: 0.5, seed: 0xfffffffe, normalize: 1 },
    ...{ weight: Float64Array.of(1, -2), cut: Float64Array.of(0, 70000) },
  });
});

test('what a formula receives is rounded to f32, whole numbers are not', () => {
  const list = pack({ receives }, { ...given, lambda: 0.1, weight: [0.3, 1] }, 2);
  expect(unpack({ receives }, list)).toMatchObject({
    lambda: Math.fround(0.1),
    weight: Float64Array.of(Math.fround(0.3), 1),
    cut: Float64Array.of(0, 70000),
  });
});

test('a missing number, a list of the wrong length and a name declared twice are refused', () => {
  expect(() => pack({ receives }, { ...given, lambda: [1] }, 2)).toThrow(
    'coefficient lambda must be one number',
  );
  expect(() => pack({ receives }, { ...given, cut: [1] }, 2)).toThrow(
    'coefficient cut must be 2 numbers, one per model',
  );
  const twice = { once: { weight: 'f32' }, each: { weight: 'f32' } } as const;
  expect(() => unpack({ receives: twice }, [1, 1])).toThrow('coefficient weight is declared twice');
});

test('a formula in WGSL reads them by the same names', () => {
  expect(accessors(receives).split('\n')).toEqual([
    'fn coeff_lambda() -> f32 { return coeffs[0u]; }',
    'fn coeff_seed() -> u32 { return (u32(coeffs[1u]) << 16u) | u32(coeffs[2u]); }',
    'fn coeff_normalize() -> f32 { return coeffs[3u]; }',
    'fn coeff_weight(k: u32) -> f32 { return coeffs[4u + 3u * k]; }',
    'fn coeff_cut(k: u32) -> u32 { return (u32(coeffs[5u + 3u * k]) << 16u) | u32(coeffs[6u + 3u * k]); }',
  ]);
  expect(accessors({ once: { turnsTaskVectors: 'f32' }, each: {} })).toContain(
    'fn coeff_turns_task_vectors() -> f32',
  );
});
