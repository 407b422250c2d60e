import { settle } from '../../numerics/round.ts';
import { activeTaskVectors, countActive, epsilon, sparseChanges } from '../active.ts';
import { defineMethod } from '../method.ts';
import { addChange } from '../steps.ts';

export default defineMethod({
  id: 'ram',
  order: 13,
  family: 'sums',
  title: 'RAM',
  summary: 'Keep in full what only one model changes, and average what several change.',
  explanation:
    'Position by position the models are counted whose change exceeds ε. What one model alone has changed is added in ' +
    'full; where several have, the mean of their changes is. So sparse changes are not diluted by models that did ' +
    'not touch them.',
  evidence:
    'Made for models trained by reinforcement learning, whose changes are sparse and overlap little (2026); in models ' +
    'fine-tuned everywhere it is a plain average of the changes.',
  papers: [{ label: 'mergekit, Goddard et al. 2024', url: 'https://arxiv.org/abs/2403.13257' }],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: { global: { epsilon }, perModel: {} },
  choices: ['work'],

  figure: {
    changes: sparseChanges,
    steps: [
      { shows: 'changes', name: 'Task vectors' },
      { shows: 'left', name: 'Over ε' },
      { shows: 'merged', name: 'Sum' },
    ],
  },

  receives: { once: { epsilon: 'f32' }, each: {} },

  coefficients({ global: { epsilon } }) {
    return { epsilon };
  },

  left: activeTaskVectors,

  merge(x, base, c, at, out) {
    const taus = activeTaskVectors(x, base, c, at);
    const active = countActive(taus, at);
    const sum = at.space.take(out.length).fill(0);
    // mergekit divides each change and rounds it, before they are summed.
    for (const tau of taus) {
      for (let i = 0; i < out.length; i++) tau[i] /= Math.max(1, active[i]);
      settle(tau, at.round);
      for (let i = 0; i < out.length; i++) sum[i] += tau[i];
    }
    settle(sum, at.round);
    addChange(base, sum, 1, at.round, out);
  },
});
