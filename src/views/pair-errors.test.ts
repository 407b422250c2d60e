import { describe, expect, test } from 'vitest';
import { randomNumbers } from '../testing/samples.ts';
import { cosineOf, Ledger } from './ledger.ts';
import { PairErrors } from './pair-errors.ts';
import { elementsIn, type Run, runsOf } from './sampling.ts';

const pairs = [
  [0, 1],
  [0, 0],
] as const;

/** Two task vectors that go together in some rows of 64 and not in others, which are of unequal sizes. */
function tensor(seed: number, length = 8192): readonly Float32Array[] {
  const random = randomNumbers(seed);
  const rows = Array.from({ length: length / 64 }, () => 0.5 + random());
  const a = Float32Array.from({ length }, (_, i) => rows[Math.floor(i / 64)] * (random() - 0.5));
  const together = rows.map(() => random() < 0.5);
  const b = a.map(
    (value, i) => (together[Math.floor(i / 64)] ? value : 0) + 0.5 * (random() - 0.5),
  );
  return [a, b];
}

function picked(values: Float32Array, runs: readonly Run[]): Float32Array {
  return Float32Array.from(runs.flatMap(([from, to]) => [...values.subarray(from, to)]));
}

/** What a look at 16 runs of each of these tensors tells. */
function looked(tensors: readonly (readonly Float32Array[])[], seed: number) {
  const total = new Ledger(2);
  const errors = new PairErrors([[0, 1]]);
  for (const [i, both] of tensors.entries()) {
    const all = both[0].length;
    const runs = runsOf(all, { count: 16, length: 16 }, 31 * seed + i);
    const each = all / elementsIn(runs);
    const sums = total.takeRuns(
      both.map((values) => picked(values, runs)),
      null,
      runs,
      each,
    );
    errors.add(sums, 1 / each);
  }
  const { squares, products } = total;
  const cosine = cosineOf(products[1], squares[0], squares[1])!;
  return { cosine, ratio: Math.sqrt(squares[1] / squares[0]), errors: errors.errors(total) };
}

function spread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

describe('errors told by a sample are those that many samples have', () => {
  const tensors = [tensor(1), tensor(2), tensor(3)];
  const looks = Array.from({ length: 400 }, (_, seed) => looked(tensors, seed));
  const mean = (of: (look: (typeof looks)[number]) => number) =>
    looks.reduce((sum, look) => sum + of(look), 0) / looks.length;

  test('of a cosine', () => {
    const told = mean(({ errors }) => errors.cosine!);
    const seen = spread(looks.map(({ cosine }) => cosine));
    expect(seen).toBeGreaterThan(0.005);
    expect(told / seen).toBeGreaterThan(0.85);
    expect(told / seen).toBeLessThan(1.15);
  });

  test('of the ratio of two lengths', () => {
    const told = mean(({ errors }) => errors.length!);
    const seen = spread(looks.map(({ ratio }) => Math.log(ratio)));
    expect(told / seen).toBeGreaterThan(0.85);
    expect(told / seen).toBeLessThan(1.15);
  });
});

test('by hand: two runs, a half of a tensor', () => {
  const runs = [
    [0, 1],
    [1, 2],
  ] as const;
  const total = new Ledger(2);
  const errors = new PairErrors([[0, 1]]);
  // ⟨a, b⟩ is 1 and 0, the squares are 1 in each run.
  const sums = total.takeRuns([Float32Array.of(1, 1), Float32Array.of(1, 0)], null, runs, 2);
  errors.add(sums, 0.5);
  expect([total.squares[0], total.squares[1], total.products[1]]).toEqual([4, 2, 2]);
  // Deviations ±½ of ⟨a, b⟩ and of ‖b‖², none of ‖a‖²; scale ½·2 ÷ (1·¼) = 4, so each variance and covariance is 2.
  const cosine = 1 / Math.SQRT2;
  const [p, b] = [1 / Math.sqrt(8), -cosine / 4];
  expect(errors.errors(total).cosine).toBeCloseTo(Math.sqrt(2) * Math.abs(p + b), 12);
  expect(errors.errors(total).length).toBeCloseTo(Math.sqrt(2) / 4, 12);
});

test('one run tells no error, and what was looked at whole has none', () => {
  const total = new Ledger(2);
  const both = [Float32Array.of(1, 2), Float32Array.of(2, 1)];
  const whole = new PairErrors(pairs);
  whole.add(total.takeRuns(both, null, [[0, 2]], 1), 1);
  expect(whole.errors(total)).toEqual({ cosine: 0, length: 0 });
  const part = new PairErrors(pairs);
  part.add(total.takeRuns(both, null, [[0, 2]], 4), 0.25);
  expect(part.errors(total)).toEqual({ cosine: null, length: null });
});
