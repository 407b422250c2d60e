import { defineMethod } from '../method.ts';
import { lambda, normalize, weight } from '../params.ts';
import { taskVectors } from '../steps.ts';
import { addSum, sumOfWeights } from '../task-vectors.ts';

export default defineMethod({
  id: 'task_arithmetic',
  order: 0,
  family: 'sums',
  title: 'Task arithmetic',
  summary: 'Add what each model has learnt on top of the base.',
  explanation:
    'What a model has learnt is its task vector: its weights minus the base’s. The task vectors are ' +
    'multiplied by their weights, added up, scaled by λ and added to the base. A negative weight ' +
    'takes a skill away. Where two models pull in opposite directions they cancel.',
  evidence:
    'The one method that reliably helped on ordinary public language models in a study of six ' +
    '(“in the wild”, 2025). With many models choose a smaller λ: about 0.4 to 0.8 for two or three.',
  papers: [
    {
      label: 'Editing models with task arithmetic, Ilharco et al. 2023',
      url: 'https://arxiv.org/abs/2212.04089',
    },
  ],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: { global: { lambda: { ...lambda, default: 0.8 }, normalize }, perModel: { weight } },
  choices: ['work'],
  dialectDefaults: { peft: { global: { lambda: 1 } }, mergekit: { global: { lambda: 1 } } },
  peft: { factors: 'linear', updates: 'svd', ranks: 'cat' },

  weightedSum({ global, perModel }) {
    const weights = perModel.map(({ weight }) => weight);
    const total = global.normalize ? sumOfWeights(weights, (value) => value) : 1;
    return weights.map((weight) => (global.lambda * weight) / total);
  },

  receives: { once: { lambda: 'f32', normalize: 'f32' }, each: { weight: 'f32' } },

  coefficients({ global: { lambda, normalize }, perModel }) {
    return { lambda, normalize, weight: perModel.map(({ weight }) => weight) };
  },

  merge(x, base, c, at, out) {
    addSum(taskVectors(x, base, at), base, c, at, out);
  },
});
