import { dareDensity, draws, maskedTaskVectors, readDares, seed } from '../dare.ts';
import { electedMean, electionOf } from '../elect.ts';
import { defineMethod } from '../method.ts';
import { lambda, weight } from '../params.ts';
import { addChange, scratch } from '../steps.ts';
import {
  DARE_STRIDE,
  dareCoefficients,
  dareMeasures,
  electionCoefficients,
  halves,
} from '../task-vectors.ts';
import { drawing, voting } from '../walk.ts';

export default defineMethod({
  id: 'dare_ties',
  order: 4,
  title: 'DARE-TIES',
  summary: 'Drop changes at random instead of trimming, then vote and average as TIES does.',
  explanation:
    'DARE’s random dropping takes the place of TIES’s trim: each task vector loses a random share p and ' +
    'the rest is divided by 1 − p. Then the models elect a sign at every position and those that agree ' +
    'are averaged.',
  evidence:
    'Popular for merged language models; at scale it behaves like the other methods (Yadav et al., 2024). ' +
    'Gentle drop rates, 0.2 to 0.5, are the usual choice for merging.',
  papers: [
    { label: 'DARE, Yu et al. 2024', url: 'https://arxiv.org/abs/2311.03099' },
    { label: 'TIES-Merging, Yadav et al. 2023', url: 'https://arxiv.org/abs/2306.01708' },
  ],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: {
    global: { lambda, seed, draws },
    perModel: { weight, density: dareDensity },
  },
  choices: ['work', 'rescale', 'electOn', 'election', 'zeroVote', 'divisor'],
  exceptions: { mergekit: { divisor: 'none' } },
  peft: { factors: 'dare_ties', updates: 'dare_ties_svd' },

  figure: { steps: [...drawing, ...voting] },

  measures: dareMeasures,

  coefficients(call, measured) {
    const { lambda, seed, draws } = call.global;
    return [
      lambda,
      ...halves(seed),
      draws,
      ...electionCoefficients(call.arithmetic),
      ...dareCoefficients(call, measured),
    ];
  },

  left(x, base, c, at) {
    const dares = readDares(c, 8, DARE_STRIDE, x.length, at.round);
    return maskedTaskVectors(x, base, c, dares, at);
  },

  merge(x, base, c, at, out) {
    const { round } = at;
    const dares = readDares(c, 8, DARE_STRIDE, x.length, round);
    const kept = maskedTaskVectors(x, base, c, dares, at);
    const change = scratch('change', out.length);
    electedMean(kept, dares.weight, electionOf(c, 4), round, change);
    addChange(base, change, c[0], round, out);
  },
});
