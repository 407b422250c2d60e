import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnLengths, scale, zeros } from '../numerics/algebra/matrix.ts';
import { multiply } from '../numerics/algebra/product.ts';
import { factorQr, thinQ } from '../numerics/algebra/qr.ts';
import { svd } from '../numerics/algebra/svd.ts';
import {
  denseSum,
  lackOfOrthogonality,
  norm,
  randomMatrix,
  randomTerm,
  relativeDistance,
} from '../testing/matrices.ts';
import { peftSvd } from '../testing/peft-adapters.ts';
import { randomNumbers } from '../testing/samples.ts';
import type { Balance } from './balance.ts';
import { concatenate } from './concatenate.ts';
import type { Term } from './factors.ts';
import { decomposeSum, truncate } from './refactor.ts';

const random = randomNumbers(31);
const three = [
  randomTerm(random, 24, 17, 4, 0.8),
  randomTerm(random, 24, 17, 6, -1.5),
  randomTerm(random, 24, 17, 2, 0.3),
];
const cut = (terms: readonly Term[], rank: number, balance: Balance = 'b') =>
  denseSum([{ ...truncate(decomposeSum(terms), rank, balance), weight: 1 }]);

test.each(peftSvd)('PEFT’s svd without truncation, $name', ({ terms, expected }) => {
  const found = cut(terms, 4);
  // Printed to four decimals.
  expect(found.values.every((value, at) => Math.abs(value - expected.values[at]) < 5.1e-5)).toBe(
    true,
  );
});

test.each<Balance>(['b', 'even'])('at rank Σr the sum is exact, balance %s', (balance) => {
  const exact = denseSum([{ ...concatenate(three, 'a'), weight: 1 }]);
  expect(relativeDistance(cut(three, 12, balance), exact)).toBeLessThan(1e-14);
  expect(relativeDistance(cut(three, 500, balance), exact)).toBeLessThan(1e-14);
});

test('what a rank leaves out is as long as the singular values beyond it (Eckart and Young)', () => {
  const sum = denseSum(three);
  const { spectrum } = decomposeSum(three);
  for (let rank = 1; rank <= 12; rank++) {
    const kept = cut(three, rank);
    const rest = norm({ ...sum, values: sum.values.map((value, at) => value - kept.values[at]) });
    const tail = Math.hypot(...spectrum.slice(rank));
    expect(Math.abs(rest - tail)).toBeLessThan(1e-13 * norm(sum));
  }
});

test('the spectrum is that of the sum', () => {
  const { spectrum } = decomposeSum(three);
  const { s: full } = svd(denseSum(three));
  expect(spectrum).toHaveLength(12);
  for (const [at, value] of spectrum.entries()) {
    expect(Math.abs(value / full[at] - 1)).toBeLessThan(1e-12);
  }
});

test('as PEFT has it, rows of A are orthonormal and columns of B as long as singular values', () => {
  const decomposed = decomposeSum(three);
  const { b, a } = truncate(decomposed, 5, 'b');
  expect([b.rows, b.columns, a.rows, a.columns]).toEqual([24, 5, 17, 5]);
  expect(lackOfOrthogonality(a)).toBeLessThan(1e-14);
  for (const [at, length] of columnLengths(b).entries()) {
    expect(Math.abs(length / decomposed.spectrum[at] - 1)).toBeLessThan(1e-13);
  }
});

test('evenly balanced, both factors have columns of √σ', () => {
  const decomposed = decomposeSum(three);
  const { b, a } = truncate(decomposed, 5, 'even');
  for (const lengths of [columnLengths(b), columnLengths(a)]) {
    for (const [at, length] of lengths.entries()) {
      expect(Math.abs(length ** 2 / decomposed.spectrum[at] - 1)).toBeLessThan(1e-13);
    }
  }
});

describe('a rank beyond what the sum can have', () => {
  test('is held to the smaller side', () => {
    const small = [randomTerm(random, 6, 30, 5), randomTerm(random, 6, 30, 5)];
    expect(truncate(decomposeSum(small), 8, 'b').b.columns).toBe(6);
    expect(relativeDistance(cut(small, 8), denseSum(small))).toBeLessThan(1e-13);
  });
  test('is held to Σr', () => {
    expect(truncate(decomposeSum(three), 16, 'b').a.columns).toBe(12);
  });
  test('below 1 it is refused', () => {
    expect(() => truncate(decomposeSum(three), 0, 'b')).toThrow('whole number from 1 on, not 0');
    expect(() => truncate(decomposeSum(three), 2.5, 'b')).toThrow('not 2.5');
  });
});

test('an adapter whose rank exceeds both sides', () => {
  const terms = [randomTerm(random, 5, 7, 40), randomTerm(random, 5, 7, 3)];
  expect(decomposeSum(terms).spectrum).toHaveLength(5);
  expect(relativeDistance(cut(terms, 5), denseSum(terms))).toBeLessThan(1e-13);
});

test('one adapter at weight 1 comes back', () => {
  const one = randomTerm(random, 15, 22, 4, 1);
  expect(relativeDistance(cut([one], 4), denseSum([one]))).toBeLessThan(1e-14);
});

test('an adapter minus itself is zero, and its cut too', () => {
  const one = randomTerm(random, 15, 22, 4, 1);
  const terms = [one, { ...one, weight: -1 }];
  expect(decomposeSum(terms).spectrum[0]).toBeLessThan(1e-14 * norm(denseSum([one])));
  for (const balance of ['b', 'even'] as const) {
    expect(norm(cut(terms, 2, balance))).toBeLessThan(1e-14 * norm(denseSum([one])));
  }
});

test('zero adapters and adapters without rank give zeros, not NaN', () => {
  const zero = { b: zeros(5, 3), a: zeros(4, 3), weight: 1 };
  const none = { b: zeros(5, 0), a: zeros(4, 0), weight: 1 };
  expect([...decomposeSum([zero, none]).spectrum]).toEqual([0, 0, 0]);
  expect(norm(cut([zero, none], 2, 'even'))).toBe(0);
  expect(decomposeSum([none]).spectrum).toHaveLength(0);
  expect(truncate(decomposeSum([none]), 3, 'b').b.columns).toBe(0);
});

test.each([
  [1e150, 1e-150],
  [1e-150, 1e150],
  [1e100, 1e100],
  [1e-100, 1e-100],
])('B around %d and A around %d', (sizeOfB, sizeOfA) => {
  const resized = three.map((term) => ({
    ...term,
    b: scale(term.b, sizeOfB),
    a: scale(term.a, sizeOfA),
  }));
  const opposite = three.map((term) => ({
    ...term,
    b: scale(term.b, sizeOfA),
    a: scale(term.a, sizeOfB),
  }));
  for (const balance of ['b', 'even'] as const) {
    // Together they are of one size where the sizes are each other's inverse.
    const terms = [...resized, ...opposite];
    expect(relativeDistance(cut(terms, 17, balance), denseSum(terms))).toBeLessThan(1e-13);
  }
});

test('turning or mixing an adapter’s inner basis changes nothing', () => {
  const [one, other] = three;
  const turn = thinQ(factorQr(randomMatrix(random, 4, 4)));
  const turned = { ...one, b: multiply(one.b, turn), a: multiply(one.a, turn) };
  const stretched = { ...one, b: scale(one.b, 1e3), a: scale(one.a, 1e-3) };
  for (const same of [turned, stretched]) {
    expect(relativeDistance(cut([same, other], 3), cut([one, other], 3))).toBeLessThan(1e-12);
  }
});

test('the order of the adapters changes nothing', () => {
  expect(relativeDistance(cut(three, 4), cut(three.toReversed(), 4))).toBeLessThan(1e-12);
});

test('any sum: exact at full rank, and best at every other', () => {
  const side = fc.integer({ min: 1, max: 12 });
  const ranks = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 4 });
  const record = fc.record({ outputs: side, inputs: side, ranks, seed: fc.nat(), rank: side });
  fc.assert(
    fc.property(record, ({ outputs, inputs, ranks, seed, rank }) => {
      const numbers = randomNumbers(seed);
      const terms = ranks.map((r) => randomTerm(numbers, outputs, inputs, r));
      const sum = denseSum(terms);
      const size = norm(sum);
      const { spectrum } = decomposeSum(terms);
      const total = ranks.reduce((a, b) => a + b, 0);
      expect(spectrum).toHaveLength(Math.min(outputs, inputs, total));
      const full = cut(terms, total || 1, 'even');
      expect(relativeDistance(full, sum)).toBeLessThan(1e-12);
      const kept = cut(terms, rank);
      const rest = norm({ ...sum, values: sum.values.map((value, at) => value - kept.values[at]) });
      expect(Math.abs(rest - Math.hypot(...spectrum.slice(rank)))).toBeLessThanOrEqual(
        1e-12 * size,
      );
    }),
    { seed: 4, numRuns: 200 },
  );
});
