import { addElected } from '../elect.ts';
import { defineMethod } from '../method.ts';
import { density, lambda, weight } from '../params.ts';
import {
  electionCoefficients,
  electionOf,
  trimCoefficients,
  trimMeasures,
  trimsOf,
} from '../task-vectors.ts';
import { trimmedTaskVectors } from '../trim.ts';
import { lesson } from './lesson.ts';

export default defineMethod({
  id: 'ties',
  order: 2,
  family: 'elections',
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
  sparsifies: 'trim',
  trimsWholeModel: true,
  elects: true,
  peft: { factors: 'ties', updates: 'ties_svd' },

  figure: { lesson },

  receives: { once: { lambda: 'f32', ...electionCoefficients }, each: trimCoefficients },

  measures: trimMeasures,

  coefficients(call, measured) {
    const { lambda } = call.global;
    return { lambda, ...electionOf(call.arithmetic), ...trimsOf(call, measured) };
  },

  left: trimmedTaskVectors,

  merge(x, base, c, at, out) {
    addElected(trimmedTaskVectors(x, base, c, at), base, c, at, out);
  },
});
