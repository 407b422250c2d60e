import { defineMethod } from '../method.ts';
import { lambda } from '../params.ts';
import { addChange, taskVectors } from '../steps.ts';

export default defineMethod({
  id: 'magmax',
  order: 7,
  family: 'sums',
  title: 'MagMax',
  summary: 'At every position keep the largest change of all models.',
  explanation:
    'Position by position the models compete: the change with the largest magnitude wins whole, the others are ' +
    'dropped. Nothing is averaged, so nothing is diluted. Among equals the first model wins. λ scales the result.',
  evidence:
    'Made for models fine-tuned one after another on parts of one stream of tasks, where it beat averaging and ' +
    'TIES (2024); with independent fine-tunes loud models win everywhere.',
  papers: [{ label: 'MagMax, Marczak et al. 2024', url: 'https://arxiv.org/abs/2407.06322' }],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: { global: { lambda: { ...lambda, default: 0.5 } }, perModel: {} },
  choices: ['work'],

  receives: { once: { lambda: 'f32' }, each: {} },

  coefficients({ global: { lambda } }) {
    return { lambda };
  },

  merge(x, base, c, at, out) {
    const [largest, ...others] = taskVectors(x, base, at);
    for (const tau of others) {
      for (let i = 0; i < out.length; i++) {
        if (Math.abs(tau[i]) > Math.abs(largest[i])) largest[i] = tau[i];
      }
    }
    addChange(base, largest, c.lambda, at.round, out);
  },
});
