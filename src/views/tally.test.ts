import { describe, expect, test } from 'vitest';
import { randomNumbers } from '../testing/samples.ts';
import {
  cancellation,
  chanceLevel,
  conflictRate,
  cosine,
  disagreement,
  margin,
  norm,
  opposition,
  overlap,
  overruled,
} from './rates.ts';
import { type Ballot, Tally } from './tally.ts';

const ballot: Ballot = { by: 'total', sees: 'weighted', even: 'drop' };

function tallied(rows: readonly (readonly number[])[], weights?: readonly number[], held = ballot) {
  const tally = new Tally(rows.length);
  const left = rows.map((row) => Float32Array.from(row));
  tally.take(left, weights ?? rows.map(() => 1), held);
  return tally;
}

describe('two models on four elements', () => {
  // P and Q: (3, 0), (2, 1), (0, 4), (1, 0)
  const tally = tallied([
    [1, 2, -3, 1],
    [2, -1, -1, 0],
  ]);

  test('three are shared, one of them conflicts', () => {
    expect([tally.elements, tally.shared, tally.conflicts]).toEqual([4, 3, 1]);
    expect(conflictRate(tally)).toBeCloseTo(1 / 3);
    expect(overlap(tally)).toBe(0.75);
  });

  test('a mass of 11, of which 2 cancel', () => {
    expect([tally.mass, tally.opposed]).toEqual([11, 2]);
    expect(cancellation(tally)).toBeCloseTo(2 / 11);
    expect(margin(tally)).toBeCloseTo(9 / 11);
  });

  test('the second model is overruled with 1 of its 4, the first never', () => {
    expect(overruled(tally, 0)).toBe(0);
    expect(overruled(tally, 1)).toBe(0.25);
    expect(overruled(tally)).toBeCloseTo(1 / 11);
  });

  test('lengths, cosine and signs of the pair', () => {
    expect(norm(tally)).toBeCloseTo(Math.sqrt(15 + 6));
    expect(cosine(tally, 0, 1)).toBeCloseTo((2 - 2 + 3) / Math.sqrt(15 * 6));
    expect(cosine(tally, 1, 0)).toBe(cosine(tally, 0, 1));
    expect(cosine(tally, 1, 1)).toBe(1);
    expect(opposition(tally, 1, 0)).toBeCloseTo(1 / 3);
    expect(opposition(tally, 0, 0)).toBe(null);
  });
});

test('weights count: one of 0 wants nothing, a negative one the opposite', () => {
  expect(tallied([[1], [2]], [1, 0]).shared).toBe(0);
  const turned = tallied([[1], [2]], [1, -1]);
  expect([turned.conflicts, turned.mass, turned.opposed]).toEqual([1, 3, 2]);
});

test('total and frequency elect differently where one loud value stands against two', () => {
  const rows = [[5], [-1], [-1]];
  const byTotal = tallied(rows);
  expect(disagreement(byTotal)).toBe(1);
  expect([0, 1, 2].map((k) => overruled(byTotal, k))).toEqual([0, 1, 1]);
  const byHeads = tallied(rows, undefined, { ...ballot, by: 'frequency' });
  expect([0, 1, 2].map((k) => overruled(byHeads, k))).toEqual([1, 0, 0]);
});

test('an even vote overrules everybody, or only who is against plus', () => {
  const rows = [[2], [-2]];
  expect(overruled(tallied(rows))).toBe(1);
  const plus = tallied(rows, undefined, { ...ballot, even: 'plus' });
  expect([overruled(plus, 0), overruled(plus, 1)]).toEqual([0, 1]);
});

test('an election without weights does not see them, the mass does', () => {
  // 1·3 against 2·2: weighted, minus wins; without weights plus does.
  const rows = [[3], [-2]];
  const weighted = tallied(rows, [1, 2]);
  expect([overruled(weighted, 0), overruled(weighted, 1)]).toEqual([1, 0]);
  const unweighted = tallied(rows, [1, 2], { ...ballot, sees: 'unweighted' });
  expect([overruled(unweighted, 0), overruled(unweighted, 1)]).toEqual([0, 1]);
  expect(unweighted.mass).toBe(7);
});

test('NaN wants nothing, and nothing at all is told as null', () => {
  const none = tallied([[Number.NaN], [0]]);
  expect([none.mass, none.shared]).toEqual([0, 0]);
  expect([cancellation(none), conflictRate(none), overruled(none), cosine(none, 0, 1)]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test('an infinite element wants nothing either: the others are told as without it', () => {
  const rows = [
    [1, 2, -3],
    [2, -1, -1],
  ];
  const infinite = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const tally = tallied(rows.map((row, k) => [...row, infinite[k]]));
  const without = tallied(rows);
  expect({ ...tally, elements: 3 }).toEqual({ ...without });
  expect(tally.elements).toBe(4);
});

test('tallies of parts add up to that of the whole', () => {
  const random = randomNumbers(5);
  const rows = [0, 1, 2].map(() => Float32Array.from({ length: 101 }, () => random() - 0.5));
  const whole = new Tally(3);
  whole.take(rows, [1, 2, 3], ballot);
  const sum = new Tally(3);
  for (const [from, to] of [
    [0, 1],
    [1, 64],
    [64, 101],
  ]) {
    const part = new Tally(3);
    part.take(rows, [1, 2, 3], ballot, from, to);
    sum.add(part);
  }
  expect(sum.conflicts).toBe(whole.conflicts);
  expect(sum.mass).toBeCloseTo(whole.mass, 9);
  expect([...sum.opposite]).toEqual([...whole.opposite]);
});

test('random signs conflict as often as chance has it', () => {
  const random = randomNumbers(11);
  for (const models of [2, 3, 4]) {
    const rows = Array.from({ length: models }, () =>
      Array.from({ length: 20_000 }, () => random() - 0.5),
    );
    // Five standard deviations of a share of 20,000.
    expect(Math.abs(conflictRate(tallied(rows))! - chanceLevel(models))).toBeLessThan(0.018);
  }
  expect([1, 2, 3, 4, 5].map(chanceLevel)).toEqual([0, 0.5, 0.75, 0.875, 0.9375]);
});

test('where a sum runs over there is no share of it', () => {
  const tally = tallied([
    [3e38, 1],
    [3e38, -1],
  ]);
  expect([cancellation(tally), margin(tally)]).toEqual([null, null]);
  expect(overruled(tally)).toBeCloseTo(0, 12);
  expect(conflictRate(tally)).toBe(0.5);
});

test('where all have to agree, whoever wants what not all want is overruled', () => {
  const unanimous: Ballot = { by: 'unanimous', sees: 'weighted', even: 'plus' };
  const rows = [
    [1, 2, -3, 1],
    [2, -1, -1, 0],
  ];
  // Of model 0 positions 1 and 3 are lost, of model 1 position 1.
  expect(tallied(rows, [1, 1], unanimous).overruledOf).toEqual(Float64Array.of(3, 1));
  // A third model that does not have the tensor does not vote.
  const absent = [...rows, [0, 0, 0, 0]];
  const all = tallied(absent, [1, 1, 0], unanimous);
  const two = tallied(absent, [1, 1, 0], { ...unanimous, voters: 2 });
  expect([...all.overruledOf, ...two.overruledOf]).toEqual([7, 4, 0, 3, 1, 0]);
});
