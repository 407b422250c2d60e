import { settle } from '../../numerics/round.ts';
import { defineMethod } from '../method.ts';
import { lambda, type NumberParam } from '../params.ts';
import { addChange, taskVectors } from '../steps.ts';

const tall = {
  kind: 'number',
  label: 'λₜ',
  help: 'An element matters to a model where its change is at least λₜ times what the others add to it.',
  source: 'The authors choose from 0.2 to 0.6 on validation data.',
  default: 0.4,
  min: 0,
  max: 100,
  soft: [0, 1],
  step: 0.01,
} as const satisfies NumberParam;

const agreement = {
  kind: 'number',
  label: 'needed by',
  help: 'Elements that matter to fewer models are left at the base: “selfish” at 1, “catastrophic” at 0.',
  source: 'The authors use 2.',
  default: 2,
  min: 0,
  max: 1000,
  soft: [0, 4],
  step: 1,
  integer: true,
} as const satisfies NumberParam;

export default defineMethod({
  id: 'consensus_ta',
  order: 8,
  family: 'sums',
  title: 'Consensus TA',
  summary: 'Add the changes up, but only where enough models need them.',
  explanation:
    'First all task vectors are added up. An element matters to a model where its own change is large against the ' +
    'rest of that sum (its TALL mask). Elements that matter to fewer models than asked for are selfish or useless ' +
    'and stay at the base; the others get the sum, scaled by λ. All in one pass, since it goes element by element.',
  evidence:
    'In its paper better than task arithmetic and TIES on 8 to 20 vision tasks; with two or three models few elements ' +
    'have a consensus of two.',
  papers: [
    {
      label: 'Localizing task information, Wang et al. 2024',
      url: 'https://arxiv.org/abs/2405.07813',
    },
  ],
  arity: { base: 'required', models: [2, Number.POSITIVE_INFINITY] },
  params: { global: { lambda: { ...lambda, default: 0.4 }, tall, agreement }, perModel: {} },
  choices: ['work'],

  receives: { once: { lambda: 'f32', tall: 'f32', agreement: 'f32' }, each: {} },

  coefficients({ global: { lambda, tall, agreement } }) {
    return { lambda, tall, agreement };
  },

  merge(x, base, c, at, out) {
    const taus = taskVectors(x, base, at);
    const [sum, rest, needed] = [0, 0, 0].map(() => at.space.take(out.length));
    sum.fill(0);
    needed.fill(0);
    for (const tau of taus) for (let i = 0; i < out.length; i++) sum[i] += tau[i];
    settle(sum, at.round);
    for (const tau of taus) {
      for (let i = 0; i < out.length; i++) rest[i] = sum[i] - tau[i];
      settle(rest, at.round);
      for (let i = 0; i < out.length; i++) rest[i] = c.tall * Math.abs(rest[i]);
      settle(rest, at.round);
      for (let i = 0; i < out.length; i++) if (Math.abs(tau[i]) >= rest[i]) needed[i] += 1;
    }
    for (let i = 0; i < out.length; i++) if (needed[i] < c.agreement) sum[i] = 0;
    addChange(base, sum, c.lambda, at.round, out);
  },
});
