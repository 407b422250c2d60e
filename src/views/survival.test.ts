import { expect, test } from 'vitest';
import { packedSurvived, Remains, survivedAt } from './survival.ts';

const f = (...values: readonly number[]) => Float32Array.from(values);

/** Base (2, −1, 0, 1e5); what is merged (−1, −1, 3, 1e5); ours changes (−4, 0, 0, 0), theirs nothing. */
function remains(each = 1) {
  const made = new Remains(2);
  made.take([f(-4, 0, 0, 0), f(0, 0, 0, 0)], f(-1, -1, 3, 1e5), f(2, -1, 0, 1e5), each);
  return made;
}

test('what a merge leaves is told in cosines, lengths, flipped signs and equal elements', () => {
  const { cosines, ratios, norm, overAverage, flipped, unchanged, beyondF16 } =
    remains().survived();
  // The merged change is (−3, 0, 3, 0); of ours (−4, 0, 0, 0), and the average is half of that.
  expect(norm).toBeCloseTo(Math.sqrt(18), 12);
  expect(cosines).toEqual([expect.closeTo(12 / (Math.sqrt(18) * 4), 12), null]);
  expect(ratios).toEqual([expect.closeTo(Math.sqrt(18) / 4, 12), null]);
  expect(overAverage).toBeCloseTo(Math.sqrt(18) / 2, 12);
  // Of three elements with a sign one has turned; the third had none.
  expect(flipped).toBeCloseTo(1 / 3, 12);
  expect([unchanged, beyondF16]).toEqual([0.5, 1]);
});

test('F16 ends where rounding gives infinity, and what is infinite already is not counted', () => {
  const made = new Remains(1);
  const merged = f(65519, 65520, -65520, Number.POSITIVE_INFINITY);
  made.take([f(0, 0, 0, 0)], merged, f(0, 0, 0, 0));
  expect(made.survived().beyondF16).toBe(2);
});

test('values stand for others, and parts add up', () => {
  const sum = remains(2);
  sum.add(remains());
  expect(sum.elements).toBe(12);
  expect(sum.survived()).toMatchObject({ flipped: 1 / 3, unchanged: 0.5, beyondF16: 3 });
  expect(sum.survived().norm).toBeCloseTo(Math.sqrt(3 * 18), 12);
});

test('an update without a base has neither signs to flip nor an end', () => {
  const made = new Remains(1);
  made.take([f(1, -1)], f(2, -2), null);
  expect(made.survived()).toMatchObject({
    ...{ ratios: [2], overBase: null, flipped: null, unchanged: null, beyondF16: null },
  });
});

test('a line of a tensor is told as it was packed, of nothing as of something', () => {
  const survived = remains().survived();
  const values = Float64Array.from([...packedSurvived(survived), ...packedSurvived(survived)]);
  expect(survivedAt({ names: ['a', 'b'], values }, 2, 1)).toEqual(survived);
});
