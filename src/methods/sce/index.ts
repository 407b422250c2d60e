import { settle } from '../../numerics/round.ts';
import { electedMean } from '../elect.ts';
import { type At, type Call, defineMethod } from '../method.ts';
import type { NumberParam } from '../params.ts';
import { addChange, taskVectors } from '../steps.ts';
import { cutAt, electionCoefficients, electionOf } from '../task-vectors.ts';

const selectTopk = {
  kind: 'number',
  label: 'select',
  help: 'The share of elements that is merged: those where the models’ changes differ most. Where all agree nothing is.',
  source: 'mergekit’s default is 1, all elements.',
  default: 1,
  min: 0,
  max: 1,
  soft: [0, 1],
  step: 0.01,
} as const satisfies NumberParam;

const least = {
  kind: 'number',
  label: 'least',
  help: 'Where the mean squares of all models’ changes add up to less, all models weigh the same.',
  source: 'mergekit’s limit is 10⁻⁶, above what most fine-tunes of language models change.',
  default: 0,
  min: 0,
  max: 1,
  soft: [0, 1e-5],
  step: 1e-7,
} as const satisfies NumberParam;

type Sce = Call<{ readonly select_topk: typeof selectTopk; readonly least: typeof least }>;
type Answers = readonly (readonly number[])[];
type Selection = {
  readonly part: number;
  readonly selects: number;
  readonly variance: number;
  readonly cut: number;
};

const selects = ({ global }: Sce) => global.select_topk < 1;

/** Each model's part of Σ mean squares; equal parts where that is next to nothing, or while they are not known. */
function sharesOf(call: Sce, measured: Answers) {
  const { elementCount, roundSum, global, perModel } = call;
  const sums = measured.slice(selects(call) ? 2 : 0);
  const means = sums.map(([sum]) => roundSum(sum / elementCount));
  const total = roundSum(means.reduce((sum, each) => sum + each, 0));
  const isEven = sums.length === 0 || !(total >= global.least) || total === 0;
  return {
    total,
    isEven,
    weight: perModel.map((_, k) => roundSum(isEven ? 1 / perModel.length : means[k] / total)),
  };
}

/**
 * Population variance of the changes at each element, from their distances to the first: N·Σd² − (Σd)² is at least Σd²,
 * so it keeps all digits but log₂ N. Nothing is divided, since graphics processors divide as they like.
 */
function varianceOf(taus: readonly Float32Array[], part: number, at: At, out: Float32Array): void {
  const sum = at.space.take(out.length).fill(0);
  const off = at.space.take(out.length);
  out.fill(0);
  for (const tau of taus) {
    for (let i = 0; i < out.length; i++) off[i] = tau[i] - taus[0][i];
    for (let i = 0; i < out.length; i++) sum[i] += off[i];
    for (let i = 0; i < out.length; i++) off[i] *= off[i];
    for (let i = 0; i < out.length; i++) out[i] += off[i];
  }
  for (let i = 0; i < out.length; i++) sum[i] *= sum[i];
  for (let i = 0; i < out.length; i++) out[i] *= taus.length;
  for (let i = 0; i < out.length; i++) out[i] -= sum[i];
  for (let i = 0; i < out.length; i++) out[i] *= part;
  settle(out, at.round);
}

/** The task vectors, 0 where the element is not selected. NaN stays, so that it shows. */
function selectedTaskVectors(
  x: readonly Float32Array[],
  base: Float32Array,
  c: Selection,
  at: At,
): readonly Float32Array[] {
  const taus = taskVectors(x, base, at);
  if (c.selects === 0) return taus;
  const variance = at.space.take(base.length);
  varianceOf(taus, c.part, at, variance);
  const firstDropped = c.cut - at.start;
  for (let i = 0; i < base.length; i++) {
    if (variance[i] < c.variance || (variance[i] === c.variance && i >= firstDropped)) {
      for (const tau of taus) tau[i] = 0;
    }
  }
  return taus;
}

export default defineMethod({
  id: 'sce',
  order: 19,
  family: 'elections',
  title: 'SCE',
  summary: 'Merge where the models differ most, and let those that have changed most count most.',
  explanation:
    'Select, calculate, erase. Select: only the elements where the changes of the models vary most are merged. ' +
    'Calculate: a model’s weight in this tensor is the mean square of its changes there, so nobody has to choose ' +
    'weights. Erase: the models vote for a sign at every position, and those against it are left out of the mean. ' +
    'Where nothing varies and a share is selected, the base stays. mergekit gives all models the same weight where ' +
    'the mean squares add up to less than 10⁻⁶, which they do in most fine-tunes of language models.',
  evidence:
    'Made for fusing chat models of one shape that were tuned from pairs of different ones, and better there than TIES ' +
    'and DARE (2024); for other fine-tunes it is hardly studied.',
  papers: [{ label: 'FuseChat, Wan et al. 2024', url: 'https://arxiv.org/abs/2408.07990' }],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: { global: { select_topk: selectTopk, least }, perModel: {} },
  choices: ['work', 'election', 'zeroVote'],
  exceptions: {
    paper: { electOn: 'unweighted', divisor: 'weights' },
    peft: { electOn: 'unweighted', divisor: 'weights' },
    mergekit: { electOn: 'unweighted', divisor: 'weights' },
  },
  dialectDefaults: {
    mergekit: { global: { least: 1e-6 } },
    'mergekit 0.0.6': { global: { least: 0 } },
  },
  elects: true,

  figure: {
    steps: [
      { shows: 'changes', name: 'Task vectors' },
      { shows: 'left', name: 'Select' },
      { shows: 'vote', name: 'Erase' },
      { shows: 'merged', name: 'Disjoint mean' },
    ],
  },

  receives: {
    once: { part: 'f32', selects: 'f32', variance: 'f32', cut: 'u32', ...electionCoefficients },
    each: { weight: 'f32' },
  },

  derives: {
    variance: (_k, x, base, c, at, out) => varianceOf(taskVectors(x, base, at), c.part, at, out),
    varies(_k, x, base, c, at, out) {
      varianceOf(taskVectors(x, base, at), c.part, at, out);
      for (let i = 0; i < out.length; i++) if (out[i] > 0) out[i] = 1;
    },
    square(k, x, base, c, at, out) {
      const tau = selectedTaskVectors(x, base, c, at)[k];
      for (let i = 0; i < out.length; i++) out[i] = tau[i] * tau[i];
      settle(out, at.round);
    },
  },

  measures(call, soFar) {
    const before = selects(call) ? 2 : 0;
    if (before === 2 && soFar.length === 0) return [{ kind: 'sum', of: 'varies', model: 0 }];
    if (before === 2 && soFar.length === 1) {
      // f32, as mergekit computes it.
      const { fround } = Math;
      const count = Math.trunc(fround(fround(soFar[0][0]) * fround(call.global.select_topk)));
      return [{ kind: 'rank', of: 'variance', model: 0, count }];
    }
    if (soFar.length > before) return [];
    // Of all elements it is the length, which is known everywhere; in 16 bits mergekit rounds each square.
    return call.perModel.map((_, k) =>
      before === 0
        ? { kind: 'dot', of: 'taskVectors', a: k, b: k }
        : { kind: 'sum', of: 'square', model: k },
    );
  },

  coefficients(call, measured) {
    const rank = selects(call) ? measured[1] : undefined;
    const { magnitude, cut } = rank ? cutAt(rank) : { magnitude: 0, cut: 0xffffffff };
    const { weight } = sharesOf(call, measured);
    const part = 1 / call.perModel.length ** 2;
    const selection = { part, selects: rank !== undefined, variance: magnitude, cut };
    return { ...selection, ...electionOf(call.arithmetic), weight };
  },

  left: selectedTaskVectors,

  merge(x, base, c, at, out) {
    const left = selectedTaskVectors(x, base, c, at);
    const change = at.space.take(out.length);
    electedMean(left, c.weight.map(at.round), c, at, change);
    addChange(base, change, 1, at.round, out);
  },

  remark(call, measured) {
    const { total, isEven } = sharesOf(call, measured);
    return isEven && call.perModel.length > 1 && total > 0
      ? `all models weigh the same: their mean squares add up to ${total.toExponential(1)}, less than ${call.global.least}`
      : null;
  },
});
