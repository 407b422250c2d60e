import { settle } from '../../numerics/round.ts';
import { defineMethod } from '../method.ts';
import type { NumberParam } from '../params.ts';
import { addChange, taskVectors } from '../steps.ts';

const epsilon = {
  kind: 'number',
  label: 'ε',
  help: 'A model changes an element where its change is larger; smaller changes are dropped.',
  source: 'mergekit’s default.',
  default: 1e-5,
  min: 0,
  max: 1,
  soft: [0, 0.001],
  step: 1e-6,
} as const satisfies NumberParam;

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

  receives: { once: { epsilon: 'f32' }, each: {} },

  coefficients({ global: { epsilon } }) {
    return { epsilon };
  },

  left(x, base, { epsilon }, at) {
    const limit = at.round(epsilon);
    return taskVectors(x, base, at).map((tau) => {
      for (let i = 0; i < tau.length; i++) if (Math.abs(tau[i]) <= limit) tau[i] = 0;
      return tau;
    });
  },

  merge(x, base, { epsilon }, at, out) {
    const [sum, active] = [0, 0].map(() => at.space.take(out.length));
    // Compared in the working dtype, as mergekit does.
    const limit = at.round(epsilon);
    sum.fill(0);
    active.fill(0);
    const changes = taskVectors(x, base, at);
    for (const tau of changes) {
      for (let i = 0; i < out.length; i++) if (!(Math.abs(tau[i]) <= limit)) active[i] += 1;
    }
    // mergekit divides each change and rounds it, before they are summed.
    for (const tau of changes) {
      for (let i = 0; i < out.length; i++) {
        tau[i] = Math.abs(tau[i]) <= limit ? 0 : tau[i] / active[i];
      }
      settle(tau, at.round);
      for (let i = 0; i < out.length; i++) sum[i] += tau[i];
    }
    settle(sum, at.round);
    addChange(base, sum, 1, at.round, out);
  },
});
