import { defineMethod } from '../method.ts';
import { lambda, normalize, weight } from '../params.ts';
import { addChange, divide, scratch, subtract, weightedSum } from '../steps.ts';
import { sumOfWeights } from '../task-vectors.ts';

export default defineMethod({
  id: 'task_arithmetic',
  order: 0,
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
  dialectDefaults: { peft: { lambda: 1 }, mergekit: { lambda: 1 } },
  peft: { factors: 'linear', updates: 'svd', ranks: 'cat' },

  weightedSum({ global, perModel }) {
    const weights = Float64Array.from(perModel, ({ weight }) => weight);
    const total = global.normalize ? sumOfWeights(weights, (value) => value) : 1;
    return [...weights].map((weight) => (global.lambda * weight) / total);
  },

  coefficients({ global, perModel }) {
    return [global.lambda, global.normalize ? 1 : 0, ...perModel.map((model) => model.weight)];
  },

  merge(x, base, c, { round }, out) {
    const weights = Float64Array.from(x, (_, k) => round(c[2 + k]));
    const taskVectors = x.map((model, k) => {
      const tau = scratch(`task vector ${k}`, out.length);
      subtract(model, base, tau, round);
      return tau;
    });
    const change = scratch('change', out.length);
    weightedSum(taskVectors, weights, round, change);
    if (c[1] === 1) divide(change, sumOfWeights(weights, round), round);
    addChange(base, change, c[0], round, out);
  },
});
