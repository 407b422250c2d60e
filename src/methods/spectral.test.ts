import { describe, expect, test } from 'vitest';
import { definitionBackend } from '../compute/cpu/definition.ts';
import { zeros } from '../numerics/algebra/matrix.ts';
import { multiplyTransposed } from '../numerics/algebra/product.ts';
import { svd } from '../numerics/algebra/svd.ts';
import { mergeTensor } from '../testing/merge-tensor.ts';
import isoC from './iso-c/index.ts';
import goldens from './spectral.goldens.json';
import { isotropic, orthogonalised, polar, svdOperations } from './spectral.ts';
import tsvM from './tsv-m/index.ts';

const backend = definitionBackend();
const methods = { iso_c: isoC, tsv_m: tsvM };

/** λ · what the method adds to a base of zeros. */
const merged = (
  id: keyof typeof methods,
  models: readonly (readonly number[])[],
  shape: readonly number[],
  lambda = 1,
  blockSize = Math.max(1, models[0].length),
) => {
  const base = models[0].map(() => 0);
  const method = methods[id];
  return mergeTensor(backend, { method, models, base, shape, global: { lambda }, blockSize });
};

describe.each(['iso_c', 'tsv_m'] as const)('%s', (id) => {
  test.each(goldens.cases)('of a $shape matrix is what torch’s SVD makes of it', async (golden) => {
    for (const blockSize of [golden.changes[0].length, 4]) {
      const found = await merged(id, golden.changes, golden.shape, 0.5, blockSize);
      for (const [i, expected] of golden[id].entries()) {
        expect(Math.abs(found[i] - 0.5 * expected)).toBeLessThan(2e-6);
      }
    }
  });

  test('of what is no matrix is the mean', async () => {
    const models = [
      [1, 2, 3, 4],
      [3, -2, 5, 0],
    ];
    for (const shape of [[4], [1, 4], [4, 1], [2, 1, 2]]) {
      expect([...(await merged(id, models, shape))]).toEqual([2, 0, 4, 2]);
    }
    expect([...(await merged(id, [[1], [3]], []))]).toEqual([2]);
    expect((await merged(id, [[], []], [0, 3])).length).toBe(0);
  });

  test('of changes that are zero is the base', async () => {
    const none = [0, 0, 0, 0, 0, 0];
    expect([...(await merged(id, [none, none], [2, 3]))]).toEqual(none);
  });

  test('of a matrix with NaN or infinity in it is NaN everywhere', async () => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const found = await merged(id, [[1, 2, 3, wrong]], [2, 2]);
      expect(found.every(Number.isNaN)).toBe(true);
    }
  });
});

test('two directions of one axis each keep their strengths in TSV-M, and get their mean in Iso-C', async () => {
  // The first model pulls along (1, 0) → (1, 0) with 4, the second along (0, 1) → (0, 1) with 2.
  const models = [
    [4, 0, 0, 0],
    [0, 0, 0, 2],
  ];
  expect([...(await merged('tsv_m', models, [2, 2]))]).toEqual([4, 0, 0, 2]);
  expect([...(await merged('iso_c', models, [2, 2]))]).toEqual([3, 0, 0, 3]);
});

test('directions that are rounding noise stay out of Iso-C', async () => {
  // Of rank 1, strength 5; the mean over both directions is 2.5, and the second has none.
  const [a, b, c, d] = await merged('iso_c', [[3, 0, 4, 0]], [2, 2]);
  expect([a, b, c, d]).toEqual([1.5, 0, 2, 0]);
});

test('Iso-C leaves one strength, TSV-M’s directions of all models do not disturb each other', () => {
  const { shape, changes } = goldens.cases[2];
  const matrices = changes.map((values) => ({
    ...zeros(shape[0], shape[1]),
    values: Float64Array.from(values),
  }));
  const strengths = svd(isotropic(matrices)).s;
  for (const s of strengths) expect(s).toBeCloseTo(strengths[0], 9);
  const u = polar(svd(matrices[0]));
  const products = multiplyTransposed(u, u).values;
  for (const [i, value] of products.entries()) expect(value).toBeCloseTo(i % 8 === 0 ? 1 : 0, 9);
  // Seven directions for three models: two each, whose strengths stay.
  const own = matrices.flatMap((matrix) => [...svd(matrix).s.subarray(0, 2)]);
  const kept = [...svd(orthogonalised(matrices)).s.subarray(0, 6)];
  const sorted = own.toSorted((x, y) => y - x);
  for (const [k, s] of kept.entries()) expect(s).toBeCloseTo(sorted[k], 9);
});

test('what a decomposition costs grows with the smaller side', () => {
  expect(svdOperations(10, 1000)).toBe(svdOperations(1000, 10));
  expect(isoC.decomposes!([100, 200], 5)).toBe(6 * 200 * 1e4 + 56 * 1e6);
  for (const shape of [[], [200], [1, 200], [200, 1], [64, 32, 3]]) {
    expect([isoC, tsvM].map((method) => method.decomposes!(shape, 5))).toEqual([0, 0]);
  }
  expect(tsvM.decomposes!([100, 200], 5)).toBeGreaterThan(5 * isoC.decomposes!([100, 200], 5));
});
