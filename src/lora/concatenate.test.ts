import { expect, test } from 'vitest';
import { scale, zeros } from '../numerics/algebra/matrix.ts';
import { denseSum, randomTerm, relativeDistance } from '../testing/matrices.ts';
import { peftCat } from '../testing/peft-adapters.ts';
import { randomNumbers } from '../testing/samples.ts';
import { concatenate, type WeightIn } from './concatenate.ts';

const random = randomNumbers(21);
const sized = (rank: number, weight?: number) => randomTerm(random, 12, 9, rank, weight);
const weighted = (factors: ReturnType<typeof concatenate>) => denseSum([{ ...factors, weight: 1 }]);

test.each<WeightIn>(['a', 'b', 'even'])('with the weight in %s the sum is exact', (weightIn) => {
  const terms = [sized(4, 0.7), sized(20, -1.3), sized(0, 5), sized(1, 0)];
  const result = concatenate(terms, weightIn);
  expect([result.b.rows, result.b.columns]).toEqual([12, 25]);
  expect([result.a.rows, result.a.columns]).toEqual([9, 25]);
  expect(relativeDistance(weighted(result), denseSum(terms))).toBeLessThan(1e-15);
});

test('the weight is where it was asked for', () => {
  const term = sized(3, -4);
  expect(concatenate([term], 'a')).toEqual({ b: term.b, a: scale(term.a, -4) });
  expect(concatenate([term], 'b')).toEqual({ b: scale(term.b, -4), a: term.a });
  expect(concatenate([term], 'even')).toEqual({ b: scale(term.b, 2), a: scale(term.a, -2) });
  // Of a power of two, whose root is none, no bit is lost.
  const half = sized(3, 0.5);
  expect(concatenate([half], 'even')).toEqual({ b: scale(half.b, 0.5), a: half.a });
});

test('one adapter at weight 1 is that adapter, bit for bit', () => {
  const { weight: _, ...factors } = sized(5);
  for (const weightIn of ['a', 'b', 'even'] as const) {
    expect(concatenate([{ ...factors, weight: 1 }], weightIn)).toEqual(factors);
  }
});

test.each(peftCat)('PEFT’s cat, $name', ({ terms, expected }) => {
  const found = weighted(concatenate(terms, 'a'));
  // Printed to four decimals.
  expect(found.values.every((value, at) => Math.abs(value - expected.values[at]) < 5.1e-5)).toBe(
    true,
  );
});

test('what cannot be summed is refused with the place in the list', () => {
  const good = sized(2, 1);
  const refused = (bad: typeof good, words: string) =>
    expect(() => concatenate([good, bad], 'a')).toThrow(words);
  expect(() => concatenate([], 'a')).toThrow('needs at least one');
  refused(
    randomTerm(random, 12, 8, 2),
    'Adapter 2 of 2 changes a weight of 12 × 8, the first one of 12 × 9',
  );
  refused({ ...good, b: zeros(12, 3) }, 'Adapter 2 of 2 has rank 3 in B and 2 in A');
  refused({ ...good, weight: Number.NaN }, 'Adapter 2 of 2 has weight NaN');
  const b = zeros(12, 2);
  b.values[14] = Number.NaN;
  refused({ ...good, b }, 'Adapter 2 of 2: B (12 × 2) has NaN in row 2, column 1');
  const a = zeros(9, 2);
  a.values[0] = Infinity;
  refused({ ...good, a }, 'Adapter 2 of 2: A, transposed (9 × 2) has Infinity in row 0, column 0');
});
