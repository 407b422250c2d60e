import { beforeAll, describe, expect, test } from 'vitest';
import { type MergeRun, mergeRun } from '../../testing/merge-run.ts';
import { f32 } from '../../testing/model-file.ts';
import { randomNumbers } from '../../testing/samples.ts';
import { changesOf } from './changes.ts';
import { excerptOf } from './excerpt.ts';
import { Samples } from './sample.ts';
import { scan } from './scan.ts';
import { mostTensors, selectionOf } from './selection.ts';
import { survivalOf } from './survival.ts';

const experts = ['ours', 'theirs'];
const perCell = 800;
const size = 12;
const names = Array.from({ length: 4 * perCell }, (_, i) => {
  return `model.layers.${i % 4}.mlp.experts.${Math.floor(i / 4)}.up_proj.weight`;
});
const single = 'lm_head.weight';

/** 3,200 tensors in four cells, each with a conflict rate of its own about that of its layer; and one beside them. */
function fight() {
  const random = randomNumbers(31);
  const rates = names.map((_, i) => (i % 4) * 0.25 + 0.25 * random());
  const ours = names.map(() => Array.from({ length: size }, () => random() + 0.1));
  const theirs = ours.map((values, i) =>
    values.map((value) => (random() < rates[i] ? -value : value)),
  );
  const tensors = (of: readonly (readonly number[])[], alone: number) =>
    Object.fromEntries([
      ...names.map((name, i) => [name, f32([3, 4], of[i])] as const),
      [single, f32([2, 2], [alone])],
    ]);
  const opposed = theirs.map((values) => values.filter((value) => value < 0).length / size);
  const base = tensors(
    names.map(() => [0]),
    0,
  );
  return { models: { base, ours: tensors(ours, 1), theirs: tensors(theirs, -1) }, ours, opposed };
}

describe('3,201 tensors, more than are looked at', () => {
  const { models, ours, opposed } = fight();
  let made: MergeRun;
  let read = 0;
  const tools = () => ({
    ...{ sources: made.library, samples: new Samples(2 ** 26), budget: 2 ** 26 },
    signal: new AbortController().signal,
  });

  beforeAll(async () => {
    made = await mergeRun({
      models,
      recipe: { method: 'task_arithmetic' },
      wrap: (source) => ({
        ...source,
        read: (...range: Parameters<typeof source.read>) => {
          read += 1;
          return source.read(...range);
        },
      }),
    });
    read = 0;
  }, 60_000);

  test('every cell has some of them, spread over it, and they are the same each time', () => {
    const { picked, tensors } = selectionOf(made.plan, tools());
    expect(tensors).toBe(3201);
    const inLayer = [0, 1, 2, 3].map((layer) =>
      picked
        .map(({ subject }) => names.indexOf(subject.tensor))
        .filter((i) => i >= 0 && i % 4 === layer)
        .map((i) => Math.floor(i / 4)),
    );
    const share = Math.floor((mostTensors - 1) / 4);
    for (const chosen of inLayer) {
      expect(chosen).toHaveLength(share);
      expect(new Set(chosen).size).toBe(share);
      expect(Math.min(...chosen)).toBeLessThan(3);
      expect(Math.max(...chosen)).toBeGreaterThan(perCell - 4);
    }
    expect(picked.map(({ subject }) => subject.tensor)).toContain(single);
    const [first] = picked.filter(({ subject }) => subject.tensor !== single);
    expect(first.stratum).toEqual({ tensors: 800, picked: share, standsFor: 800 / share });
    expect(
      selectionOf({ ...made.plan }, tools()).picked.map(({ subject }) => subject.tensor),
    ).toEqual(picked.map(({ subject }) => subject.tensor));
  });

  test('conflicts tell how many were looked at, and the truth lies within their error', async () => {
    read = 0;
    const told: number[][] = [];
    const map = await scan(made.plan, experts, {
      ...tools(),
      tell: (...progress) => told.push(progress),
    });
    const looked = 4 * Math.floor((mostTensors - 1) / 4) + 1;
    expect([map.tensorsMerged, map.tensorsSampled]).toEqual([3201, looked]);
    expect(map.sampled).toBe(size * (looked - 1) + 4);
    expect(map.elements).toBeCloseTo(size * 3200 + 4, 6);
    // Of each file one read for 256 tensors, which lie near each other.
    expect(read).toBe(3 * Math.ceil(looked / 256));
    expect(told.at(-1)).toEqual([looked, looked]);
    const layers = map.cells.filter(({ tensors }) => tensors === 800);
    expect(layers.map(({ row }) => map.rows[row])).toEqual(['0', '1', '2', '3']);
    const truths = [0, 1, 2, 3].map((layer) => {
      const own = opposed.filter((_, i) => i % 4 === layer);
      return own.reduce((sum, rate) => sum + rate, 0) / own.length;
    });
    for (const [i, truth] of truths.entries()) {
      const { conflictRate, errors } = layers[i].stats;
      // Rates of a tensor are spread over 0.25, and twelve signs spread by up to 0.14 more.
      expect(errors.conflictRate).toBeGreaterThan(0.002);
      expect(errors.conflictRate).toBeLessThan(0.006);
      expect(Math.abs(conflictRate! - truth)).toBeLessThan(4 * errors.conflictRate!);
    }
    const last = map.cells.find(({ tensors }) => tensors === 1)!;
    expect(last.first).toBe(single);
    expect([last.stats.conflictRate, last.stats.errors.conflictRate]).toEqual([1, 0]);
  }, 60_000);

  test('changes stand for all, and tell of a tensor that does not stand for others', async () => {
    const { picked } = selectionOf(made.plan, tools());
    const looked = new Set(picked.map(({ subject }) => subject.tensor));
    const passedOver = names.find((name) => !looked.has(name))!;
    const changes = await changesOf(made.plan, experts, passedOver, tools());
    expect([changes.tensorsMerged, changes.tensorsSampled]).toEqual([3201, picked.length + 1]);
    // All tensors but one are alike in size, so what is told is of how those of one layer differ.
    expect(changes.errors.cosine).toBeGreaterThan(0);
    expect(changes.errors.cosine).toBeLessThan(0.01);
    expect(changes.elements).toBeCloseTo(size * 3200 + 4, 6);
    expect(changes.groups.map(({ group, tensors }) => [group, tensors])).toEqual([
      ['mlp', 3200],
      ['head', 1],
    ]);
    const norm = Math.hypot(...ours[names.indexOf(passedOver)]);
    expect(Math.sqrt(changes.magnitudes.tensor!.of[0].squares)).toBeCloseTo(norm, 5);
    expect(changes.magnitudes.tensor!.name).toBe(passedOver);
    // Four elements of length 1 in the single one.
    const whole = Math.hypot(...ours.flat(), 2);
    expect(Math.abs(changes.angles.whole.norms[0] / whole - 1)).toBeLessThan(0.005);
  }, 60_000);

  test('what survives stands for all, and the stepper has its elements', async () => {
    const survival = await survivalOf({ plan: made.plan, seen: made.plan }, experts, tools());
    expect([survival.tensorsMerged, survival.tensors.names.length]).toEqual([
      3201,
      survival.tensorsSampled,
    ]);
    expect(survival.elements).toBeCloseTo(size * 3200 + 4, 6);
    const excerpt = await excerptOf(made.plan, null, tools());
    expect(opposed[names.indexOf(excerpt!.tensor)]).toBe(1);
  }, 60_000);
});
