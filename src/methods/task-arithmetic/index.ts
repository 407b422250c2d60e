import { defineMethod } from '../method.ts';
import { lambda, normalize, weight } from '../params.ts';
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

  coefficients({ global, perModel }) {
    return [global.lambda, global.normalize ? 1 : 0, ...perModel.map((model) => model.weight)];
  },

  merge(x, base, c, { round }, out) {
    const scale = round(c[0]);
    const w = Float64Array.from(x, (_, k) => round(c[2 + k]));
    const divisor = c[1] === 1 ? sumOfWeights(w, round) : 1;
    for (let i = 0; i < out.length; i++) {
      const b = base[i];
      let sum = 0;
      for (let k = 0; k < x.length; k++) sum = Math.fround(sum + round(round(x[k][i] - b) * w[k]));
      sum = round(sum);
      if (divisor !== 1) sum = round(sum / divisor);
      out[i] = round(b + round(sum * scale));
    }
  },
});
