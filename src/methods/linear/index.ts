import { defineMethod } from '../method.ts';
import { normalize, weight } from '../params.ts';
import { divide, weightedSum } from '../steps.ts';
import { weightTotal } from '../task-vectors.ts';

export default defineMethod({
  id: 'linear',
  order: 1,
  family: 'averages',
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
  offeredInstead: 'Use a linear average',
  choices: ['work'],
  exceptions: { mergekit: { work: 'result' }, 'mergekit 0.1.4': { work: 'tensor' } },
  dialectDefaults: { peft: { global: { normalize: false } } },

  weightedSum({ global, perModel }) {
    const total = perModel.reduce((sum, { weight }) => sum + weight, 0);
    // Weights that sum to anything else scale the base as well.
    if (!global.normalize && Math.abs(total - 1) > 1e-9) return null;
    return perModel.map(({ weight }) => weight / total);
  },

  receives: { once: { normalize: 'f32' }, each: { weight: 'f32' } },

  coefficients({ global: { normalize }, perModel }) {
    return { normalize, weight: perModel.map(({ weight }) => weight) };
  },

  merge(x, _base, c, at, out) {
    const weights = c.weight.map(at.round);
    weightedSum(x, weights, at, out);
    if (c.normalize === 1) divide(out, weightTotal(weights, at.round), at.round);
  },
});
