import { expect, test } from 'vitest';
import type { Matrix } from '../../formats/update.ts';
import type { ComputedPlane, FactorPart } from '../../plan/types.ts';
import { memorySource } from '../../testing/memory-source.ts';
import { makeSide } from './factors.ts';

/** B of 2 × 1 and A of 1 × 3. */
const values = Float32Array.of(3, 4, 1, 0, -2);
const source = memorySource('adapter_model.safetensors', new Uint8Array(values.buffer));
const stored = (input: number, rows: number, columns: number) =>
  ({ kind: 'stored', input, dtype: 'F32', rows, columns, transposed: false }) as const;
const product: Matrix = { kind: 'product', left: stored(0, 2, 1), right: stored(1, 1, 3) };

const plane = (matrix: Matrix): ComputedPlane => ({
  ...{ dtype: 'F32', from: 0, to: 6 },
  formula: {
    kind: 'update',
    sizes: [1, 2, 3],
    ...{ matrix, scale: 0.5, magnitudes: null, base: null },
  },
  inputs: [
    { model: 'm', file: 0, begin: 0, end: 8 },
    { model: 'm', file: 0, begin: 8, end: 20 },
  ],
});

const part = (matrix: Matrix, how: FactorPart['how'], side: FactorPart['side']): FactorPart => ({
  kind: 'factor',
  ...{ of: 'w', rows: 2, columns: 3, rank: 1, transposed: false, elementCount: 0 },
  ...{ side, how, weights: [2], balance: 'even', clamp: null, minus: null },
  merge: {
    kind: 'merge',
    ...{ planes: [plane(matrix)], base: null, ordinals: [0], elementCount: 6 },
    precision: { readAs: 'F32', work: 'f32', resultAs: 'f32' } as never,
    ...{ global: {}, perModel: [{}] },
  },
});

/** left · right, row by row. */
async function made(matrix: Matrix, how: FactorPart['how']): Promise<number[]> {
  const reader = {
    sources: { weights: () => source, companion: () => source },
    ...{ tensor: 'w', budget: 2 ** 20 },
  };
  const merged = async () => Float32Array.of(6, 0, -12, 8, 0, -16);
  const { signal } = new AbortController();
  const left = await makeSide(part(matrix, how, 'left'), merged, reader, signal);
  const right = await makeSide(part(matrix, how, 'right'), merged, reader, signal);
  return [...left.values].flatMap((l) => [...right.values].map((r) => l * r));
}

/** 2 · 0.5 · B·A. */
const once = [3, 0, -6, 4, 0, -8];

test.each(['concatenated', 'decomposed'] as const)(
  'factors %s hold weight, scale and the scale that a part of a fused weight has of its own',
  async (how) => {
    const scaled: Matrix = { kind: 'scaled', of: product, by: -3 };
    const twice: Matrix = { kind: 'scaled', of: scaled, by: 2 };
    for (const [matrix, by] of [
      [product, 1],
      [scaled, -3],
      [twice, -6],
    ] as const) {
      const values = await made(matrix, how);
      values.forEach((value, i) => {
        expect(value).toBeCloseTo(by * once[i], 5);
      });
    }
  },
);

test('a matrix is taken apart up to the very limit of the memory, 12 bytes an element', async () => {
  const signal = new AbortController().signal;
  const within = (budget: number) =>
    makeSide(
      part(product, 'from the matrix', 'left'),
      async () => Float32Array.of(6, 0, -12, 8, 0, -16),
      { sources: { weights: () => source, companion: () => source }, tensor: 'w', budget },
      signal,
    );
  expect((await within(2 * 3 * 12)).values).toHaveLength(2);
  await expect(within(2 * 3 * 12 - 1)).rejects.toThrow('it takes the whole matrix of 2 × 3');
});

test('factors of a merged matrix of rank 1 are that matrix', async () => {
  const values = await made(product, 'from the matrix');
  values.forEach((value, i) => {
    expect(value).toBeCloseTo(2 * once[i], 5);
  });
});
