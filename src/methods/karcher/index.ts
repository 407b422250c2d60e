import {
  CANCELLED,
  combine,
  combineCoefficients,
  type Gram,
  gramMeasures,
  gramOf,
  inner,
  OPPOSITE,
  squaredLength,
} from '../gram.ts';
import { defineMethod } from '../method.ts';
import type { NumberParam } from '../params.ts';

const maxIter = {
  kind: 'number',
  label: 'steps',
  help: 'The search for the mean direction ends after so many steps at the latest.',
  source: 'mergekit’s default.',
  default: 10,
  min: 0,
  max: 1000,
  soft: [1, 50],
  step: 1,
  integer: true,
} as const satisfies NumberParam;

const tol = {
  kind: 'number',
  label: 'tolerance',
  help: 'The search ends when a step is shorter; tensors and angles below it count as zero.',
  source: 'mergekit’s default.',
  default: 1e-5,
  min: 0,
  max: 1,
  step: 1e-5,
} as const satisfies NumberParam;

/**
 * The direction whose squared angles to all are least, as shares of the models; length 1. Gradient steps on the
 * sphere (Karcher 1977), all models alike.
 */
function meanDirection(gram: Gram, lengths: readonly number[], steps: number, least: number) {
  const valid = lengths.flatMap((length, k) => (length > least ? [k] : []));
  const unit = (k: number) => lengths.map((length, j) => (j === k ? 1 / length : 0));
  const lengthOf = (c: readonly number[]) => Math.sqrt(squaredLength(gram, c));
  const scaled = (c: readonly number[], by: number) => c.map((each) => each * by);
  if (valid.length === 0) return lengths.map(() => 0);
  const start = lengths.map((length) => (length > least ? 1 / length / valid.length : 0));
  let u: readonly number[] =
    lengthOf(start) < Math.max(least, CANCELLED)
      ? unit(valid[0])
      : scaled(start, 1 / lengthOf(start));
  for (let step = 0; step < steps; step++) {
    const toward = lengths.map(() => 0);
    for (const k of valid) {
      const cosine = Math.max(-1, Math.min(1, inner(gram, u, unit(k))));
      const theta = Math.acos(cosine);
      // Straight behind there is no direction to go in.
      if (theta < least || Math.sin(theta) < OPPOSITE) continue;
      const pull = theta / Math.sin(theta) / valid.length;
      toward[k] += pull / lengths[k];
      for (const [j, each] of u.entries()) toward[j] -= pull * cosine * each;
    }
    const distance = lengthOf(toward);
    if (distance === 0 || distance < least) break;
    const next = u.map(
      (each, k) => Math.cos(distance) * each + (Math.sin(distance) * toward[k]) / distance,
    );
    u = scaled(next, 1 / lengthOf(next));
  }
  return u;
}

export default defineMethod({
  id: 'karcher',
  order: 22,
  family: 'arcs',
  title: 'Karcher mean',
  summary: 'The mean on the sphere: the direction nearest to all models, with their mean length.',
  explanation:
    'Every tensor is seen as an arrow. The search begins at the average direction and walks along the sphere until ' +
    'the pulls of all models cancel: that point has the least squared angles to them. The result points there and ' +
    'is as long as the models on average. All models count alike.',
  evidence:
    'The proper mean on a sphere where SLERP knows only two models. For fine-tunes of one base, a few degrees apart, ' +
    'it is practically the average brought back to their length.',
  papers: [
    {
      label: 'Riemannian center of mass, Karcher 1977',
      url: 'https://doi.org/10.1002/cpa.3160300502',
    },
  ],
  arity: { base: 'none', models: [1, Number.POSITIVE_INFINITY] },
  params: { global: { max_iter: maxIter, tol }, perModel: {} },
  choices: [],
  exceptions: { mergekit: { work: 'result' } },

  receives: combineCoefficients,

  measures: (call, soFar) => gramMeasures(call, soFar, 'weights'),

  coefficients(call, measured) {
    const gram = gramOf(call, measured);
    const lengths = gram.map((row, k) => Math.sqrt(row[k]));
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    const u = meanDirection(gram, lengths, call.global.max_iter, call.global.tol);
    return { aroundBase: false, share: u.map((each) => each * mean) };
  },

  merge(x, base, c, at, out) {
    combine(x, base, c, at, out);
  },
});
