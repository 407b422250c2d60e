import { settle } from '../../numerics/round.ts';
import { activeTaskVectors, countActive, epsilon, sparseChanges } from '../active.ts';
import { type Derive, defineMethod } from '../method.ts';
import type { NumberParam } from '../params.ts';

const r = {
  kind: 'number',
  label: 'r',
  help: 'How much the changes that a model alone makes gain, times the ratio of those it shares to them.',
  source: 'mergekit’s default.',
  default: 0.1,
  min: 0,
  max: 1000,
  soft: [0, 1],
  step: 0.01,
} as const satisfies NumberParam;

const alpha = {
  kind: 'number',
  label: 'α',
  help: 'The largest ratio that counts: no change is multiplied by more than 1 + r · α.',
  source: 'mergekit’s default.',
  default: 0.2,
  min: 0,
  max: 1000,
  soft: [0, 2],
  step: 0.01,
} as const satisfies NumberParam;

const receives = { once: { epsilon: 'f32' }, each: { gain: 'f32' } } as const;

/** 1 where model k changes an element and so many models in all do. */
function where(counts: (models: number) => boolean): Derive<typeof receives> {
  return (k, x, base, c, at, out) => {
    const taus = activeTaskVectors(x, base, c, at);
    const models = countActive(taus, at);
    for (let i = 0; i < out.length; i++) out[i] = taus[k][i] !== 0 && counts(models[i]) ? 1 : 0;
  };
}

/** λ of one model: 1 + r · min(shared ÷ unique, α), f32 as mergekit's. */
function gainOf(
  shared: number,
  unique: number,
  { r, alpha, epsilon }: { readonly r: number; readonly alpha: number; readonly epsilon: number },
): number {
  const { fround } = Math;
  const ratio = fround(fround(shared) / fround(Math.max(unique, epsilon)));
  return fround(1 + fround(fround(r) * Math.min(ratio, fround(alpha))));
}

export default defineMethod({
  id: 'ramplus_tl',
  order: 14,
  family: 'sums',
  title: 'RAM+',
  summary:
    'Like RAM, and what only one model changes is strengthened where averaging took from it.',
  explanation:
    'As in RAM, what one model alone has changed by more than ε is added in full, and what several have changed is ' +
    'averaged. The average weakens every model that shares many of its changes; to make up for it, the changes that it ' +
    'alone makes are multiplied by 1 + r · ρ, where ρ is the ratio of its shared to its own changes in this tensor, at ' +
    'most α. mergekit computes part of it in float32 and so writes float32; here the result has the dtype that the ' +
    'recipe says.',
  evidence:
    'Made for models trained by reinforcement learning, whose changes are sparse and overlap little (2026). The variant ' +
    'that counts in each tensor is mergekit’s.',
  papers: [
    { label: 'Reinforced agent merging, 2026', url: 'https://arxiv.org/abs/2601.13572' },
    { label: 'mergekit, Goddard et al. 2024', url: 'https://arxiv.org/abs/2403.13257' },
  ],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: { global: { r, alpha, epsilon }, perModel: {} },
  choices: ['work'],

  figure: {
    changes: sparseChanges,
    steps: [
      { shows: 'changes', name: 'Task vectors' },
      { shows: 'left', name: 'Over ε' },
      { shows: 'merged', name: 'Sum' },
    ],
  },

  receives,

  derives: { changed: where((models) => models > 0), alone: where((models) => models === 1) },

  measures({ perModel }, soFar) {
    if (soFar.length > 0) return [];
    return perModel.flatMap((_, model) =>
      ['changed', 'alone'].map((of) => ({ kind: 'sum', of, model }) as const),
    );
  },

  coefficients({ global, perModel }, measured) {
    const gain = perModel.map((_, k) => {
      const [changed, alone] = measured.slice(2 * k, 2 * k + 2);
      // Of a model that changes nothing here there is no ratio: 0 ÷ 0, where ε is 0.
      return changed?.[0] && alone ? gainOf(changed[0] - alone[0], alone[0], global) : 1;
    });
    return { epsilon: global.epsilon, gain };
  },

  left: activeTaskVectors,

  merge(x, base, c, at, out) {
    const taus = activeTaskVectors(x, base, c, at);
    const models = countActive(taus, at);
    const [sum, part] = [0, 0].map(() => at.space.take(out.length));
    sum.fill(0);
    for (const [k, tau] of taus.entries()) {
      for (let i = 0; i < out.length; i++) part[i] = tau[i] / Math.max(1, models[i]);
      settle(part, at.round);
      // λ is f32 in mergekit, and so is all that follows, whatever the dtype.
      for (let i = 0; i < out.length; i++) if (models[i] === 1) part[i] = tau[i] * c.gain[k];
      for (let i = 0; i < out.length; i++) sum[i] += part[i];
    }
    for (let i = 0; i < out.length; i++) out[i] = base[i] + sum[i];
  },
});
