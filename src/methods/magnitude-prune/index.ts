import { defineMethod } from '../method.ts';
import { density, lambda, weight } from '../params.ts';
import { addChange, scratch, weightedSum } from '../steps.ts';
import { TRIM_STRIDE, trimCoefficients, trimMeasures } from '../task-vectors.ts';
import { readTrims, trimmedTaskVectors } from '../trim.ts';

export default defineMethod({
  id: 'magnitude_prune',
  order: 6,
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
  dialectDefaults: { peft: { lambda: 1 }, mergekit: { lambda: 1 } },
  peft: { factors: 'magnitude_prune', updates: 'magnitude_prune_svd' },

  measures: trimMeasures,

  coefficients(call, measured) {
    return [call.global.lambda, ...trimCoefficients(call, measured)];
  },

  left(x, base, c, at) {
    return trimmedTaskVectors(x, base, readTrims(c, 1, TRIM_STRIDE, x.length, at.round), at);
  },

  merge(x, base, c, at, out) {
    const { round } = at;
    const trims = readTrims(c, 1, TRIM_STRIDE, x.length, round);
    const kept = trimmedTaskVectors(x, base, trims, at);
    const change = scratch('change', out.length);
    weightedSum(kept, trims.weight, round, change);
    addChange(base, change, c[0], round, out);
  },
});
