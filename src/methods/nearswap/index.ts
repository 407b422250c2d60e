import { settle } from '../../numerics/round.ts';
import { defineMethod } from '../method.ts';
import { LARGEST_F32, type NumberParam } from '../params.ts';

/** A difference below it counts as it (mergekit). */
const SMALLEST = 1e-6;

const t = {
  kind: 'number',
  label: 't',
  help: 'Elements that differ by less are taken over whole; those that differ by 10 t to a tenth.',
  source: 'mergekit has no default; its examples use 0.001.',
  default: 0.001,
  min: 0,
  max: LARGEST_F32,
  soft: [0, 0.01],
  step: 0.0001,
} as const satisfies NumberParam;

export default defineMethod({
  id: 'nearswap',
  order: 12,
  family: 'single',
  title: 'NearSwap',
  summary: 'Take over what is near to the base, and little of what is far from it.',
  explanation:
    'Element by element the model is blended into the base, the more the closer the two are: the share is t divided by ' +
    'the difference, at most 1. So no element moves by more than t. Strongly changed weights stay almost as ' +
    'in the base.',
  evidence: 'A recipe of mergekit’s community for language models; no study has looked at it.',
  papers: [{ label: 'mergekit, Goddard et al. 2024', url: 'https://arxiv.org/abs/2403.13257' }],
  arity: { base: 'required', models: [1, 1] },
  params: { global: { t }, perModel: {} },
  choices: ['work'],

  /** `near`: a difference below which the whole element is taken, so that its reciprocal stays in the range of F16. */
  receives: { once: { t: 'f32', near: 'f32' }, each: {} },

  coefficients({ global: { t } }) {
    return { t, near: t > 0 ? t / 2 : 1 };
  },

  merge([model], base, c, { round, space }, out) {
    const share = space.take(out.length);
    const rest = space.take(out.length);
    const least = Math.max(round(SMALLEST), c.near);
    for (let i = 0; i < out.length; i++) share[i] = base[i] - model[i];
    settle(share, round);
    // Dividing t is multiplying it by the reciprocal in mergekit, which rounds both.
    for (let i = 0; i < out.length; i++) share[i] = 1 / Math.max(Math.abs(share[i]), least);
    settle(share, round);
    for (let i = 0; i < out.length; i++) share[i] = Math.min(Math.fround(share[i] * c.t), 1);
    settle(share, round);
    for (let i = 0; i < out.length; i++) rest[i] = 1 - share[i];
    settle(rest, round);
    for (let i = 0; i < out.length; i++) {
      share[i] *= model[i];
      rest[i] *= base[i];
    }
    settle(share, round);
    settle(rest, round);
    for (let i = 0; i < out.length; i++) out[i] = share[i] + rest[i];
    settle(out, round);
  },
});
