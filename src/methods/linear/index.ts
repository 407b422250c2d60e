import { defineMethod } from '../method.ts';
import { normalize, weight } from '../params.ts';
import { divide, weightedSum } from '../steps.ts';

export default defineMethod({
  id: 'linear',
  order: 1,
  title: 'Linear average',
  summary: 'Average the weights of all models.',
  explanation:
    'Every element of the result is the weighted mean of that element in all models. It needs no base. ' +
    'It works when the models are fine-tunes of one parent that did not move far apart; what only one ' +
    'model has learnt is diluted by the others.',
  evidence:
    'Averages of fine-tunes of one base often generalise better than each of them (model soups, 2022); ' +
    'at large scale the method matters little (Yadav et al., 2024).',
  papers: [{ label: 'Model soups, Wortsman et al. 2022', url: 'https://arxiv.org/abs/2203.05482' }],
  arity: { base: 'none', models: [1, Number.POSITIVE_INFINITY] },
  params: {
    global: { normalize: { ...normalize, default: true } },
    perModel: { weight },
  },
  choices: ['work'],
  exceptions: { mergekit: { work: 'result' } },
  dialectDefaults: { peft: { normalize: false } },

  weightedSum({ global, perModel }) {
    const total = perModel.reduce((sum, { weight }) => sum + weight, 0);
    // Weights that sum to anything else scale the base as well.
    if (!global.normalize && Math.abs(total - 1) > 1e-9) return null;
    return perModel.map(({ weight }) => weight / total);
  },

  coefficients({ global, perModel }) {
    const weights = perModel.map((model) => model.weight);
    return [global.normalize ? 1 : 0, ...weights];
  },

  merge(x, _base, c, { round }, out) {
    const weights = Float64Array.from(x, (_, k) => round(c[1 + k]));
    const total = round(weights.reduce((sum, weight) => Math.fround(sum + weight), 0));
    weightedSum(x, weights, round, out);
    if (c[0] === 1) divide(out, total, round);
  },
});
