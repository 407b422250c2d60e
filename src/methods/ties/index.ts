import { electedMean, electionOf } from '../elect.ts';
import { defineMethod } from '../method.ts';
import { density, lambda, weight } from '../params.ts';
import { addChange, scratch } from '../steps.ts';
import {
  electionCoefficients,
  TRIM_STRIDE,
  trimCoefficients,
  trimMeasures,
} from '../task-vectors.ts';
import { readTrims, trimmedTaskVectors } from '../trim.ts';

export default defineMethod({
  id: 'ties',
  order: 2,
  title: 'TIES',
  summary: 'Keep the loud changes, settle disagreements by vote, average those that agree.',
  explanation:
    'Three steps on the task vectors. Trim: keep only the largest elements of each. Elect: at every ' +
    'position the models vote for plus or minus. Merge: average only the models that agree with the ' +
    'elected sign. The result is scaled by λ and added to the base.',
  evidence:
    'Better than task arithmetic on small vision and T5 models in its paper (2023); on large public ' +
    'language models later studies found no reliable gain.',
  papers: [{ label: 'TIES-Merging, Yadav et al. 2023', url: 'https://arxiv.org/abs/2306.01708' }],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: { global: { lambda }, perModel: { weight, density } },
  choices: ['work', 'electOn', 'election', 'zeroVote', 'divisor', 'smallTrim', 'trimRescale'],
  peft: { factors: 'ties', updates: 'ties_svd' },

  measures: trimMeasures,

  coefficients(call, measured) {
    const { global, arithmetic } = call;
    return [
      global.lambda,
      ...electionCoefficients(arithmetic),
      ...trimCoefficients(call, measured),
    ];
  },

  left(x, base, c, at) {
    return trimmedTaskVectors(x, base, readTrims(c, 5, TRIM_STRIDE, x.length, at.round), at);
  },

  merge(x, base, c, at, out) {
    const { round } = at;
    const trims = readTrims(c, 5, TRIM_STRIDE, x.length, round);
    const kept = trimmedTaskVectors(x, base, trims, at);
    const change = scratch('change', out.length);
    electedMean(kept, trims.weight, electionOf(c, 1), round, change);
    addChange(base, change, c[0], round, out);
  },
});
