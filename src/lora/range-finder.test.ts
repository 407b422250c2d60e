import { describe, expect, test } from 'vitest';
import {
  columnsOf,
  type Matrix,
  scaleColumns,
  transpose,
  zeros,
} from '../numerics/algebra/matrix.ts';
import { multiply } from '../numerics/algebra/product.ts';
import { factorQr, thinQ } from '../numerics/algebra/qr.ts';
import { svd } from '../numerics/algebra/svd.ts';
import {
  denseSum,
  denseSvd,
  lackOfOrthogonality,
  norm,
  randomMatrix,
  relativeDistance,
} from '../testing/matrices.ts';
import { randomNumbers } from '../testing/samples.ts';
import { matrixOf, operatorOf } from './operator.ts';
import { adapterOf, approximateSvd } from './range-finder.ts';

const random = randomNumbers(51);
const basis = (rows: number, columns: number) =>
  thinQ(factorQr(randomMatrix(random, rows, columns)));
/** A matrix with these singular values. */
const withSpectrum = (rows: number, columns: number, s: readonly number[]) =>
  denseSvd(basis(rows, s.length), s, basis(columns, s.length));
const decaying = Array.from({ length: 150 }, (_, j) => 1 / (1 + j));
const slow = withSpectrum(180, 150, decaying);
const rest = (a: Matrix, b: Matrix) => ({
  ...a,
  values: a.values.map((v, at) => v - b.values[at]),
});

describe('an approximation', () => {
  test.each([slow, transpose(slow)])(
    'has orthonormal vectors and values never too large',
    async (a) => {
      const { u, s, v } = await approximateSvd(operatorOf(a), { rank: 20 });
      expect([u.rows, u.columns, v.rows, v.columns]).toEqual([a.rows, 30, a.columns, 30]);
      expect(lackOfOrthogonality(u)).toBeLessThan(1e-13);
      expect(lackOfOrthogonality(v)).toBeLessThan(1e-13);
      for (const [at, value] of s.entries()) expect(value).toBeLessThan(decaying[at] * (1 + 1e-12));
      // Two power iterations find the leading ones well.
      for (let at = 0; at < 10; at++) expect(s[at] / decaying[at]).toBeGreaterThan(0.999);
    },
  );

  test('knows exactly how much energy each rank keeps', async () => {
    const { u, s, v, kept } = await approximateSvd(operatorOf(slow), { rank: 12, iterations: 0 });
    for (const rank of [1, 5, 12, 22]) {
      const cut = denseSvd(columnsOf(u, 0, rank), s, columnsOf(v, 0, rank));
      const share = 1 - (norm(rest(slow, cut)) / norm(slow)) ** 2;
      expect(Math.abs(kept[rank - 1] - share)).toBeLessThan(1e-12);
    }
  });

  test('is exact when the matrix has no more than the rank', async () => {
    const low = withSpectrum(200, 190, [5, 4, 3, 2, 1]);
    const { u, s, v, kept } = await approximateSvd(operatorOf(low), { rank: 5, iterations: 0 });
    expect(relativeDistance(denseSvd(u, s, v), low)).toBeLessThan(1e-12);
    expect(kept[4]).toBeCloseTo(1, 12);
  });

  test('becomes better with every power iteration', async () => {
    const keptBy = async (iterations: number) =>
      (await approximateSvd(operatorOf(slow), { rank: 10, iterations })).kept[9];
    const [none, one, two] = [await keptBy(0), await keptBy(1), await keptBy(2)];
    const best = decaying.slice(0, 10).reduce((sum, s) => sum + s * s, 0) / norm(slow) ** 2;
    expect(none).toBeLessThan(one);
    expect(one).toBeLessThan(two);
    expect(two).toBeLessThan(best);
    expect(two / best).toBeGreaterThan(0.9999);
  });

  test.each([0, 1, 2])(
    'stays within the stated bound on average, %i iterations',
    async (iterations) => {
      // Flat is the worst that a spectrum can be.
      const flat = withSpectrum(150, 140, new Array(140).fill(1));
      for (const a of [slow, flat]) {
        const best = svd(a).s[8];
        const errors: number[] = [];
        let bound = 0;
        for (const seed of [1, 2]) {
          const found = await approximateSvd(operatorOf(a), { rank: 8, iterations, seed });
          const cut = denseSvd(columnsOf(found.u, 0, 8), found.s, columnsOf(found.v, 0, 8));
          errors.push(svd(rest(a, cut)).s[0]);
          bound = found.bound;
        }
        const average = errors.reduce((sum, error) => sum + error, 0) / errors.length;
        expect(average).toBeGreaterThan(best * (1 - 1e-12));
        expect(average).toBeLessThan(bound * best);
      }
    },
  );

  test('is the same for the same seed', async () => {
    const find = async (seed: number) => [
      ...(await approximateSvd(operatorOf(slow), { rank: 9, seed })).s,
    ];
    expect(await find(3)).toEqual(await find(3));
    expect(await find(3)).not.toEqual(await find(4));
  });
});

test('the bound is that of the paper, by hand', async () => {
  // 1 + √(8/9) + e·√18·√142/10 = 15.6856; its third root, 2.5031, and 1.
  const found = await approximateSvd(operatorOf(slow), { rank: 8, iterations: 1 });
  expect(found.bound).toBeCloseTo(3.5031, 3);
});

test('at rank 1, where the paper has none, the bound is that of rank 2 with as many columns', async () => {
  const bound = async (rank: number, oversampling: number) =>
    (await approximateSvd(operatorOf(slow), { rank, oversampling })).bound;
  expect(await bound(1, 9)).toBe(await bound(2, 8));
});

test.each([slow, transpose(slow)])(
  'a matrix comes back by products of its smaller side',
  async (a) => {
    const widths: number[] = [];
    const counted = (x: Matrix) => {
      widths.push(x.columns);
      return x;
    };
    const operator = operatorOf(a);
    const found = await matrixOf({
      ...operator,
      multiply: (x) => operator.multiply(counted(x)),
      multiplyTransposed: (x) => operator.multiplyTransposed(counted(x)),
    });
    expect(relativeDistance(found, a)).toBe(0);
    expect(widths).toEqual([150]);
  },
);

describe('the exact SVD is taken', () => {
  test.each<[string, Matrix, number]>([
    ['of a small matrix', randomMatrix(random, 300, 20), 3],
    ['of a wide one', randomMatrix(random, 20, 300), 3],
    ['when the rank asked for is nearly full', withSpectrum(140, 160, decaying.slice(0, 140)), 131],
    ['of one row', randomMatrix(random, 1, 40), 2],
    ['of nothing', zeros(0, 5), 2],
  ])('%s', async (_, a, rank) => {
    const found = await approximateSvd(operatorOf(a), { rank });
    const { s } = svd(a);
    expect(found.bound).toBe(1);
    expect(found.s.every((value, at) => Math.abs(value - s[at]) <= 1e-13 * s[0])).toBe(true);
    expect(relativeDistance(denseSvd(found.u, found.s, found.v), a)).toBeLessThan(1e-12);
    expect(found.kept.at(-1) ?? 1).toBeCloseTo(1, 12);
  });
});

test('a large zero matrix keeps all of nothing', async () => {
  const { s, kept } = await approximateSvd(operatorOf(zeros(140, 150)), { rank: 2 });
  expect(Math.max(...s)).toBe(0);
  expect(Math.min(...kept)).toBe(1);
});

test('an adapter is cut from it in either balance', async () => {
  const found = await approximateSvd(operatorOf(slow), { rank: 6 });
  const expected = denseSvd(columnsOf(found.u, 0, 6), found.s, columnsOf(found.v, 0, 6));
  for (const balance of ['b', 'even'] as const) {
    const adapter = adapterOf(found, 6, balance);
    expect([adapter.b.rows, adapter.b.columns, adapter.a.rows]).toEqual([180, 6, 150]);
    expect(relativeDistance(denseSum([{ ...adapter, weight: 1 }]), expected)).toBeLessThan(1e-13);
  }
  expect(lackOfOrthogonality(adapterOf(found, 6, 'b').a)).toBeLessThan(1e-13);
  expect(adapterOf(found, 99, 'b').b.columns).toBe(16);
});

test('a product that gives NaN is refused, and so are options that mean nothing', async () => {
  const broken = {
    ...operatorOf(slow),
    multiply: async (x: Matrix) => scaleColumns(multiply(slow, x), new Array(99).fill(NaN)),
  };
  await expect(approximateSvd(broken, { rank: 3 })).rejects.toThrow('has NaN');
  await expect(approximateSvd(operatorOf(slow), { rank: 0 })).rejects.toThrow('not 0');
  await expect(approximateSvd(operatorOf(slow), { rank: 3, oversampling: 2 })).rejects.toThrow(
    'not 2',
  );
});
