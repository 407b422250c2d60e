import { dareDensity, draws, maskedTaskVectors, readDares, seed } from '../dare.ts';
import { defineMethod } from '../method.ts';
import { lambda, normalize, weight } from '../params.ts';
import { addChange, divide, scratch, weightedSum } from '../steps.ts';
import {
  DARE_STRIDE,
  dareCoefficients,
  dareMeasures,
  halves,
  sumOfWeights,
} from '../task-vectors.ts';
import { drawing } from '../walk.ts';

export default defineMethod({
  id: 'dare_linear',
  order: 3,
  title: 'DARE',
  summary: 'Drop most changes at random, make up for it by scaling, then add them up.',
  explanation:
    'Each task vector loses a random share p of its elements and the rest is divided by 1 − p, so that ' +
    'its expected value stays. Sparse task vectors get in each other’s way less often. Averaging many ' +
    'draws undoes the sparsity and ends in plain task arithmetic.',
  evidence:
    'Changes from supervised fine-tuning are often so redundant that 90 % can be dropped (2024); large ' +
    'changes, as from continued pre-training, break it.',
  papers: [{ label: 'DARE, Yu et al. 2024', url: 'https://arxiv.org/abs/2311.03099' }],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: {
    global: { lambda: { ...lambda, default: 0.8 }, normalize, seed, draws },
    perModel: { weight, density: dareDensity },
  },
  choices: ['work', 'rescale'],
  dialectDefaults: { peft: { lambda: 1 }, mergekit: { lambda: 1 } },
  peft: { factors: 'dare_linear', updates: 'dare_linear_svd' },

  figure: {
    steps: [...drawing, { shows: 'merged', name: 'Sum' }, { shows: 'result', name: 'Add λ' }],
  },

  measures: dareMeasures,

  coefficients(call, measured) {
    const { lambda, normalize, seed, draws } = call.global;
    const dares = dareCoefficients(call, measured);
    return [lambda, ...halves(seed), draws, normalize ? 1 : 0, ...dares];
  },

  left(x, base, c, at) {
    const dares = readDares(c, 5, DARE_STRIDE, x.length, at.round);
    return maskedTaskVectors(x, base, c, dares, at);
  },

  merge(x, base, c, at, out) {
    const { round } = at;
    const dares = readDares(c, 5, DARE_STRIDE, x.length, round);
    const kept = maskedTaskVectors(x, base, c, dares, at);
    const change = scratch('change', out.length);
    weightedSum(kept, dares.weight, round, change);
    if (c[4] === 1) divide(change, sumOfWeights(dares.weight, round), round);
    addChange(base, change, c[0], round, out);
  },
});
