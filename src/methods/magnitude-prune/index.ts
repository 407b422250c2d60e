import { defineMethod } from '../method.ts';
import { density, lambda, weight } from '../params.ts';
import { addSum, trimCoefficients, trimMeasures, trimsOf } from '../task-vectors.ts';
import { trimmedTaskVectors } from '../trim.ts';

export default defineMethod({
  id: 'magnitude_prune',
  order: 6,
  family: 'sums',
  title: 'Magnitude prune',
  summary: 'Keep only the largest changes of each model, then add them up.',
  explanation:
    'Each task vector keeps only its largest elements, as in TIES, but nobody votes: what is left is ' +
    'weighted and added to the base. It shows what trimming alone does.',
  evidence: 'An ablation of TIES and a mode of PEFT, for comparison rather than for best results.',
  papers: [{ label: 'TIES-Merging, Yadav et al. 2023', url: 'https://arxiv.org/abs/2306.01708' }],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: { global: { lambda: { ...lambda, default: 0.8 } }, perModel: { weight, density } },
  choices: ['work', 'smallTrim', 'trimRescale'],
  dialectDefaults: { peft: { global: { lambda: 1 } }, mergekit: { global: { lambda: 1 } } },
  sparsifies: 'trim',
  trimsWholeModel: true,
  peft: { factors: 'magnitude_prune', updates: 'magnitude_prune_svd' },

  receives: { once: { lambda: 'f32' }, each: trimCoefficients },

  measures: trimMeasures,

  coefficients(call, measured) {
    return { lambda: call.global.lambda, ...trimsOf(call, measured) };
  },

  left: trimmedTaskVectors,

  merge(x, base, c, at, out) {
    addSum(trimmedTaskVectors(x, base, c, at), base, c, at, out);
  },
});
