import { expect, test } from 'vitest';
import { arithmeticOf } from './dialect.ts';
import { defaultsOf } from './params.ts';
import { findMethod } from './registry.ts';
import { scoreOf } from './score.ts';
import { workThrough } from './worked.ts';

const ties = findMethod('ties')!;
const work = (changes: readonly (readonly number[])[], density: number) =>
  workThrough({
    method: ties,
    changes,
    global: defaultsOf(ties.params.global),
    perModel: changes.map(() => ({ weight: 1, density })),
    arithmetic: arithmeticOf.paper,
  });

test('tells what the election and the trim take from each model, worked by hand', () => {
  const changes = [
    [0.5, 0.3, -0.05, -0.6, 0.01],
    [0.1, -0.7, 0.4, 0.55, 0.02],
    [-0.4, 0.35, -0.2, -0.45, 0.03],
  ];
  const { models, norm, averageNorm } = scoreOf(changes, work(changes, 0.6));
  // The first: 0.5 and −0.6 of 1.46 count, 0.3 is overruled, 0.05 and 0.01 are trimmed; all it keeps is contested.
  expect(models[0].kept).toBeCloseTo(1.1 / 1.46, 6);
  expect(models[0].discarded).toBeCloseTo(0.36 / 1.46, 6);
  expect(models[0].conflicting).toBeCloseTo(1.4 / 1.46, 6);
  // The second stands alone at 0.4, and is overruled at 0.55.
  expect(models[1].kept).toBeCloseTo(1.1 / 1.77, 6);
  expect(models[1].conflicting).toBeCloseTo(1.25 / 1.77, 6);
  // (0.5, −0.7, 0.4, −0.525, 0) against (0.2, −0.05, 0.15, −0.5, 0.06) / 3.
  expect(norm).toBeCloseTo(Math.sqrt(0.25 + 0.49 + 0.16 + 0.275625), 5);
  expect(averageNorm).toBeCloseTo(Math.sqrt(0.04 + 0.0025 + 0.0225 + 0.25 + 0.0036) / 3, 5);
});

test('where every model keeps what no other wants, nothing conflicts', () => {
  const changes = [
    [0.3, -0.1, 0.05, -0.5, 0.02],
    [-0.05, 0.4, -0.3, 0.2, 0.01],
  ];
  const { models } = scoreOf(changes, work(changes, 0.4));
  expect(models.map(({ conflicting }) => conflicting)).toEqual([0, 0]);
  expect(models[0].kept).toBeCloseTo(0.8 / 0.97, 6);
  expect(scoreOf([[0]], work([[0]], 1)).models[0]).toEqual({
    kept: null,
    conflicting: null,
    discarded: null,
  });
});
