import { dareDensity, draws, maskedTaskVectors, seed } from '../dare.ts';
import { lesson } from '../dare-lesson.ts';
import { defineMethod } from '../method.ts';
import { lambda, normalize, weight } from '../params.ts';
import { addSum, dareMeasures, drawCoefficients, drawsOf } from '../task-vectors.ts';
import { drawing } from '../walk.ts';

export default defineMethod({
  id: 'dare_linear',
  order: 3,
  family: 'sums',
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
  dialectDefaults: { peft: { global: { lambda: 1 } }, mergekit: { global: { lambda: 1 } } },
  sparsifies: 'draw',
  peft: { factors: 'dare_linear', updates: 'dare_linear_svd' },

  figure: {
    lesson,
    steps: [...drawing, { shows: 'merged', name: 'Sum' }, { shows: 'result', name: 'Add λ' }],
  },

  receives: {
    once: { lambda: 'f32', normalize: 'f32', ...drawCoefficients.once },
    each: drawCoefficients.each,
  },

  measures: dareMeasures,

  coefficients(call, measured) {
    const { lambda, normalize } = call.global;
    return { lambda, normalize, ...drawsOf(call, measured) };
  },

  left: maskedTaskVectors,

  merge(x, base, c, at, out) {
    addSum(maskedTaskVectors(x, base, c, at), base, c, at, out);
  },
});
