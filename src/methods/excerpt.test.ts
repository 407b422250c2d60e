import { expect, test } from 'vitest';
import { arithmeticOf } from './dialect.ts';
import { type Excerpt, measureOf, wholeCutOf } from './excerpt.ts';

/** Elements 2 … 4 of a tensor of eight: 4, 3, 3, −3, 2, 1, 1, 0. */
const excerpt: Excerpt = {
  tensor: 'w',
  matrix: [1, 8],
  layers: 0,
  row: 0,
  column: 2,
  start: 2,
  tensorKey: 0,
  ordinals: [0, 1],
  base: new Float32Array(3),
  changes: [Float32Array.of(3, -3, 2), Float32Array.of(0, 0, 0)],
  elementCount: 8,
  sampled: 8,
  magnitudes: [Float32Array.of(4, 3, 3, 3, 2, 1, 1, 0), new Float32Array(8)],
  whole: [
    { elementCount: 20, magnitudes: Float32Array.of(9, 8, 7, 4, 3, 3, 3, 2, 1, 1) },
    { elementCount: 8, magnitudes: new Float32Array(8) },
  ],
  ranks: [Uint32Array.of(2, 3, 4), Uint32Array.of(2, 3, 4)],
  dots: { weights: [1, 2, 2, 4], taskVectors: [49, 0, 0, 0] },
};
const cut = (count: number) => measureOf(excerpt, { kind: 'magnitude', model: 0, count });

test('a trim cuts where it would cut in the whole tensor, among equals by their place', () => {
  expect(cut(1)).toEqual([4, 1]);
  // Two of the three 3s: the element at 1, and that at 2.
  expect(cut(3)).toEqual([3, 2]);
  expect(cut(4)).toEqual([3, 3]);
  expect(cut(8)).toEqual([0, 7]);
  expect(cut(0)).toEqual([Number.POSITIVE_INFINITY, -1]);
});

test('masses are those of the whole tensor, of random draws the expected ones', () => {
  const mass = (keep: Extract<Parameters<typeof measureOf>[1], { kind: 'mass' }>['keep']) =>
    measureOf(excerpt, { kind: 'mass', model: 0, keep });
  expect(mass({ kind: 'all' })).toEqual([17]);
  expect(mass({ kind: 'largest', magnitude: 3, lastIndex: 3 })).toEqual([13]);
  expect(mass({ kind: 'drawn', density: 0.5, seed: 1, draws: 1 })).toEqual([8.5]);
});

test('products are looked up by pair', () => {
  expect(measureOf(excerpt, { kind: 'dot', of: 'weights', a: 0, b: 1 })).toEqual([2]);
  expect(measureOf(excerpt, { kind: 'dot', of: 'taskVectors', a: 0, b: 0 })).toEqual([49]);
});

test('a trim of the whole model cuts at its rank there, and keeps all equal ones', () => {
  const cut = (density: number) => wholeCutOf(excerpt, 0, density, arithmeticOf.paper);
  expect(cut(0.3)[0]).toBe(7);
  expect(cut(0.5)).toEqual([3, 2 ** 32 - 1]);
  expect(cut(1)[0]).toBe(0);
  expect(cut(0)).toEqual([Number.POSITIVE_INFINITY, -1]);
});
