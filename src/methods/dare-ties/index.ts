import { dareDensity, draws, maskedTaskVectors, seed } from '../dare.ts';
import { lesson } from '../dare-lesson.ts';
import { addElected } from '../elect.ts';
import { defineMethod } from '../method.ts';
import { lambda, weight } from '../params.ts';
import {
  dareMeasures,
  drawCoefficients,
  drawsOf,
  electionCoefficients,
  electionOf,
} from '../task-vectors.ts';
import { drawing, voting } from '../walk.ts';

export default defineMethod({
  id: 'dare_ties',
  order: 4,
  family: 'elections',
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
  sparsifies: 'draw',
  elects: true,
  peft: { factors: 'dare_ties', updates: 'dare_ties_svd' },

  figure: { lesson, steps: [...drawing, ...voting] },

  receives: {
    once: { lambda: 'f32', ...drawCoefficients.once, ...electionCoefficients },
    each: drawCoefficients.each,
  },

  measures: dareMeasures,

  coefficients(call, measured) {
    const { lambda } = call.global;
    return { lambda, ...electionOf(call.arithmetic), ...drawsOf(call, measured) };
  },

  left: maskedTaskVectors,

  merge(x, base, c, at, out) {
    addElected(maskedTaskVectors(x, base, c, at), base, c, at, out);
  },
});
