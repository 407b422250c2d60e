import { describe, expect, test } from 'vitest';
import { arithmeticOf } from './dialect.ts';
import { defaultsOf } from './params.ts';
import { findMethod, methods } from './registry.ts';
import { stepsOf } from './walk.ts';
import { type Example, workThrough } from './worked.ts';

const changes = [
  [0.5, 0.3, -0.05, -0.6, 0.01],
  [0.1, -0.7, 0.4, 0.55, 0.02],
  [-0.4, 0.35, -0.2, -0.45, 0.03],
];

function example(id: string, over: Partial<Example> = {}): Example {
  const method = findMethod(id)!;
  const perModel = changes.map(() => defaultsOf(method.params.perModel));
  const global = defaultsOf(method.params.global);
  return { method, global, perModel, arithmetic: arithmeticOf.paper, changes, ...over };
}

const close = (row: readonly number[]) => row.map((value) => expect.closeTo(value, 5));

describe('the worked example of TIES, density 0.6', () => {
  const perModel = changes.map(() => ({ weight: 1, density: 0.6 }));
  const { fates, elected, result } = workThrough(example('ties', { perModel }));

  test('trims the smallest changes of each model', () => {
    expect(fates[0]).toEqual(['counts', 'overruled', 'dropped', 'counts', 'dropped']);
  });

  test('elects by total, and nobody where all are trimmed', () => {
    expect(elected).toEqual([1, -1, 1, -1, 0]);
  });

  test('averages those that agree', () => {
    expect(result).toEqual(close([0.5, -0.7, 0.4, -0.525, 0]));
  });

  test('lets two quiet voters beat a loud one when it counts heads', () => {
    const arithmetic = { ...arithmeticOf.paper, election: 'frequency' as const };
    const counted = workThrough(example('ties', { perModel, arithmetic }));
    expect(counted.elected?.[1]).toBe(1);
    expect(counted.result[1]).toBeCloseTo(0.325, 5);
  });
});

test('a unanimous election keeps what all models keep and want alike, and nothing else', () => {
  const perModel = changes.map(() => ({ weight: 1, density: 1 }));
  const arithmetic = { ...arithmeticOf.paper, election: 'unanimous' as const };
  const { elected, result, fates } = workThrough(example('ties', { perModel, arithmetic }));
  expect(elected).toEqual([0, 0, 0, 0, 1]);
  expect(result).toEqual(close([0, 0, 0, 0, 0.02]));
  expect(fates[1]).toEqual(['overruled', 'overruled', 'overruled', 'overruled', 'counts']);
  // Who trims an element does not want it, and so nobody gets it: of three models 0.02 is no longer kept by all.
  const trimmed = perModel.map((values, k) => ({ ...values, density: k === 0 ? 0.6 : 1 }));
  const { result: none } = workThrough(example('ties', { perModel: trimmed, arithmetic }));
  expect(none).toEqual([0, 0, 0, 0, 0]);
});

describe('the steps of TIES, density 0.4, worked by hand', () => {
  const two = [
    [0.3, -0.1, 0.05, -0.5, 0.02],
    [-0.05, 0.4, -0.3, 0.2, 0.01],
  ];
  const perModel = two.map(() => ({ weight: 1, density: 0.4 }));
  const global = { lambda: 0.5 };
  const worked = workThrough(example('ties', { perModel, global, changes: two }));

  test('trim keeps two of five each', () => {
    expect(worked.left).toEqual([close([0.3, 0, 0, -0.5, 0]), close([0, 0.4, -0.3, 0, 0])]);
    expect(worked.cuts).toEqual(close([0.3, 0.3]));
  });

  test('each position has one voter, or none', () => {
    expect(worked.votes).toEqual(worked.left);
    expect(worked.elected).toEqual([1, 1, -1, -1, 0]);
  });

  test('the mean of one is itself, and λ comes last', () => {
    expect(worked.unscaled).toEqual(close([0.3, 0.4, -0.3, -0.5, 0]));
    expect(worked.result).toEqual(close([0.15, 0.2, -0.15, -0.25, 0]));
  });

  test('a vote of zero elects plus in another arithmetic, and there is still nothing to add', () => {
    const arithmetic = { ...arithmeticOf.paper, zeroVote: 'plus' as const };
    const other = workThrough(example('ties', { perModel, global, arithmetic, changes: two }));
    expect(other.elected?.[4]).toBe(1);
    expect(other.result).toEqual(worked.result);
  });
});

test('DARE draws first and scales then: what is kept doubles at density 0.5', () => {
  const { drawn, left } = workThrough(example('dare_linear'));
  expect(drawn!.flat().some((value) => value === 0)).toBe(true);
  for (const [k, row] of drawn!.entries()) {
    for (const [i, value] of row.entries()) {
      expect([0, Math.fround(changes[k][i])]).toContain(value);
      expect(left[k][i]).toBeCloseTo(2 * value, 6);
    }
  }
});

test('SLERP tells its angle and how much of each it takes', () => {
  const rows = [
    [3, 0],
    [0, 4],
  ];
  const worked = workThrough(example('slerp', { changes: rows, perModel: [{}, {}] }));
  const { arc, unscaled } = worked;
  expect(worked.remark).toBe(null);
  expect(arc!.norms).toEqual([3, 4]);
  expect(arc!.angle).toBeCloseTo(Math.PI / 2, 12);
  // Half of a right angle: sin 45° of each.
  expect(arc!.shares).toEqual(close([Math.SQRT1_2, Math.SQRT1_2]));
  expect(unscaled).toEqual(close([3 * Math.SQRT1_2, 4 * Math.SQRT1_2]));
});

test('task arithmetic: what the models bring adds up to the result over λ', () => {
  const perModel = [{ weight: 1 }, { weight: -0.5 }, { weight: 2 }];
  const global = { ...defaultsOf(findMethod('task_arithmetic')!.params.global), lambda: 0.5 };
  const { contributions, elected, result } = workThrough(
    example('task_arithmetic', { perModel, global }),
  );
  expect(elected).toBeNull();
  expect(contributions[1]).toEqual(close([-0.05, 0.35, -0.2, -0.275, -0.01]));
  expect(result[0]).toBeCloseTo(0.5 * (0.5 - 0.05 - 0.8), 5);
});

test('DARE that matches the L1 norm keeps the mass of every model', () => {
  const arithmetic = { ...arithmeticOf.mergekit, work: 'f32' as const };
  const { contributions } = workThrough(example('dare_linear', { arithmetic }));
  const mass = (row: readonly number[]) => row.reduce((sum, x) => sum + Math.abs(x), 0);
  expect(contributions[0].some((value) => value === 0)).toBe(true);
  expect(mass(contributions[0])).toBeCloseTo(mass(changes[0]), 4);
});

test.each(methods)('the steps of $id begin with the models and end with the merge', (method) => {
  const steps = stepsOf(method).map(({ shows }) => shows);
  expect(steps[0]).toBe('changes');
  expect(['merged', 'result']).toContain(steps.at(-1));
  expect(new Set(steps).size).toBe(steps.length);
  expect(steps.includes('vote')).toBe(method.elects === true);
  expect(steps.includes('result')).toBe('lambda' in method.params.global);
});

const chapters = methods.flatMap((method) =>
  (method.figure?.lesson ?? []).map((chapter) => ({
    id: method.id,
    title: chapter.title,
    method,
    chapter,
  })),
);

test.each(chapters)(
  'the lesson of $id, "$title", is about a step and an element that there are',
  ({ method, chapter }) => {
    const { params, arity, choices } = method;
    const { changes: rows, global, perModel, tried, shows, element = 0 } = chapter;
    expect(stepsOf(method).map((step) => step.shows)).toContain(shows);
    expect(Object.keys(params.global)).toEqual(expect.arrayContaining(Object.keys(global ?? {})));
    expect(Object.keys(params.perModel)).toEqual(
      expect.arrayContaining(Object.keys(perModel ?? {})),
    );
    expect(choices).toEqual(expect.arrayContaining(Object.keys(tried ?? {})));
    if (!rows) return;
    expect(rows.length).toBeGreaterThanOrEqual(arity.models[0]);
    expect(rows.length).toBeLessThanOrEqual(Math.min(4, arity.models[1]));
    expect(rows.every((row) => row.length === rows[0].length && element < row.length)).toBe(true);
  },
);

test('the lesson of SLERP says its angles, shares and lengths truly', () => {
  const lesson = findMethod('slerp')!.figure!.lesson!;
  const [right, uneven, close] = lesson.map((chapter) =>
    workThrough(example('slerp', { changes: chapter.changes ?? [[1], [1]], perModel: [{}, {}] })),
  );
  expect(right.arc!.shares[0]).toBeCloseTo(0.71, 2);
  expect(Math.hypot(...right.result)).toBeCloseTo(0.6, 6);
  expect(uneven.result.map((value) => value.toFixed(2))).toEqual(['0.57', '0.14']);
  expect(Math.hypot(...uneven.result).toFixed(2)).toBe('0.58');
  expect(((180 * close.arc!.angle) / Math.PI).toFixed(1)).toBe('1.7');
  expect(close.arc!.shares).toEqual([0.5, 0.5]);
  expect(close.remark).toMatch(/^SLERP is LERP here: the angle is 1\.7/);
});

test('the lesson of DARE says truly what is dropped, and what many draws do', () => {
  const method = findMethod('dare_linear')!;
  const worked = method
    .figure!.lesson!.filter(({ changes: rows }) => rows)
    .map((chapter) => {
      const of = chapter.changes!;
      const global = { ...defaultsOf(method.params.global), ...chapter.global };
      const perModel = of.map(() => ({ weight: 1, density: 0.5 }));
      return {
        of,
        ...workThrough({ method, global, perModel, changes: of, arithmetic: arithmeticOf.paper }),
      };
    });
  const kept = worked[1].drawn!.flat().filter((value) => value !== 0).length;
  expect(kept).toBeGreaterThan(3);
  expect(kept).toBeLessThan(13);
  const distance = ({ of, left }: (typeof worked)[number]) =>
    Math.hypot(...of.flatMap((row, k) => row.map((value, i) => left[k][i] - value)));
  expect(distance(worked[3])).toBeLessThan(0.5 * distance(worked[2]));
});

test.each(methods.map(({ id }) => id))('%s can be worked through', (id) => {
  const [, most] = findMethod(id)!.arity.models;
  const rows = changes.slice(0, Math.min(most, 3));
  const { result } = workThrough(
    example(id, { changes: rows, perModel: example(id).perModel.slice(0, rows.length) }),
  );
  expect(result.every(Number.isFinite)).toBe(true);
});
