import { settle } from '../../numerics/round.ts';
import { alongLast } from '../lines.ts';
import { type At, type Derive, defineMethod } from '../method.ts';
import { taskVectors } from '../steps.ts';
import { divergenceOf } from './divergence.ts';

type Quartiles = { readonly first: number; readonly median: number; readonly third: number };
type Answers = readonly (readonly number[])[];

const receives = { once: { first: 'f32', median: 'f32', third: 'f32' }, each: {} } as const;

/** |τ| · the divergence of its row. Negative where rounding made that negative. */
function importanceOf(tau: Float32Array, at: At): Float32Array {
  const importance = at.space.take(tau.length);
  const [divergence] = at.guides;
  for (let i = 0; i < tau.length; i++) importance[i] = Math.abs(tau[i]) * divergence[i];
  settle(importance, at.round);
  return importance;
}

/** What a change has to count to be taken: the median, and 1.5 times the distance of the quartiles. */
function thresholdOf({ first, median, third }: Quartiles, round: At['round']): number {
  return round(median + round(1.5 * round(third - first)));
}

/** Ranks go by magnitude: one number for importance above zero, and one for below. */
function importance(of: (value: number) => number): Derive<typeof receives> {
  return (k, x, base, _c, at, out) => {
    const values = importanceOf(taskVectors(x, base, at)[k], at);
    for (let i = 0; i < out.length; i++) out[i] = of(values[i]);
  };
}

/** The task vector, 0 where it counts too little. */
function selectedTaskVectors(
  x: readonly Float32Array[],
  base: Float32Array,
  c: Quartiles,
  at: At,
): readonly Float32Array[] {
  const taus = taskVectors(x, base, at);
  const threshold = thresholdOf(c, at.round);
  for (const tau of taus) {
    const values = importanceOf(tau, at);
    // Infinite or NaN times 0 is NaN, so it shows.
    for (let i = 0; i < tau.length; i++) tau[i] *= values[i] >= threshold ? 1 : 0;
  }
  return taus;
}

/** Positions of the quartiles in ascending order, as mergekit cuts them off. */
const places = (elementCount: number) =>
  [0.25, 0.5, 0.75].map((share) => Math.trunc(share * (elementCount - 1)));

/** First, median, third. What ranks say is the value above zero; below zero they are asked for only where there is any. */
function quartilesOf([, ...ranks]: Answers): Quartiles {
  const [first = 0, median = 0, third = 0] = [0, 1, 2].map(
    (q) => (ranks[q]?.[0] ?? 0) - (ranks[q + 3]?.[0] ?? 0),
  );
  return { first, median, third };
}

export default defineMethod({
  id: 'arcee_fusion',
  order: 15,
  family: 'single',
  title: 'Arcee Fusion',
  summary: 'Take over only the changes that count most, each of them whole.',
  explanation:
    'A change counts for its size times how far its row has moved: the KL divergence between the row’s softmax in the model ' +
    'and in the base (rows lie along the last dimension). The changes of a tensor that count at least the median and 1.5 times the ' +
    'distance of the quartiles are taken as they are, of normally distributed ones about one in twenty; everywhere else the ' +
    'base stays. Where three quarters of a tensor are as in the base, all of its changes are taken. ' +
    'Of tensors of more than a million elements mergekit finds the quartiles in a random million; here they are exact.',
  evidence:
    'Arcee made its model Arcee-Blitz with it; no study has compared it. In float32 mergekit’s divergence is mostly ' +
    'rounding error where changes are about 10⁻⁴ or smaller: half of the rows get a negative one. Here it is computed ' +
    'exactly, and a tenth of the elements is then decided otherwise. In 16 bits every step is rounded as in mergekit.',
  papers: [
    {
      label: 'MergeKit 0.1, Arcee 2025',
      url: 'https://www.arcee.ai/blog/meet-mergekit-v0-1-arcee-fusion-expanded-model-support-multi-gpu-acceleration',
    },
  ],
  arity: { base: 'required', models: [1, 1] },
  params: { global: {}, perModel: {} },
  choices: ['work'],

  figure: {
    steps: [
      { shows: 'changes', name: 'Task vector' },
      { shows: 'left', name: 'Select' },
      { shows: 'merged', name: 'Sum' },
    ],
  },

  receives,

  derives: {
    above: importance((value) => Math.max(value, 0)),
    below: importance((value) => (value < 0 ? -value : 0)),
  },

  measures({ shape, elementCount }, soFar) {
    if (elementCount === 0 || soFar.length > 1) return [];
    if (soFar.length === 0) {
      const of = ([x]: readonly Float32Array[], base: Float32Array, round: At['round']) =>
        divergenceOf(x, base, round);
      return [{ kind: 'eachLine', lines: alongLast(shape), of }];
    }
    const ranked = (of: string, count: (place: number) => number) =>
      places(elementCount).map(
        (place) => ({ kind: 'rank', of, model: 0, count: count(place) }) as const,
      );
    const above = ranked('above', (place) => elementCount - place);
    const hasBelow = soFar[0].some((divergence) => divergence < 0);
    return hasBelow ? [...above, ...ranked('below', (place) => place + 1)] : above;
  },

  coefficients: (_call, measured) => quartilesOf(measured),

  guides: {
    count: () => 1,
    of: ({ shape }, [divergence = []]) => ({
      ...{ lines: alongLast(shape), by: 'line', values: [divergence] },
    }),
  },

  left: selectedTaskVectors,

  merge(x, base, c, at, out) {
    const [change] = selectedTaskVectors(x, base, c, at);
    // The selection is f32 in mergekit, and so is the sum, whatever the dtype.
    for (let i = 0; i < out.length; i++) out[i] = base[i] + change[i];
  },

  remark({ roundSum }, measured) {
    return measured.length > 0 && thresholdOf(quartilesOf(measured), roundSum) <= 0
      ? 'all changes are taken: most of them count for nothing, so that no threshold tells them apart'
      : null;
  },
});
