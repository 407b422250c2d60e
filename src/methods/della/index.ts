import { seed } from '../dare.ts';
import {
  dellaCoefficients,
  dellaDensity,
  dellaGuides,
  dellaMeasures,
  dellaOf,
  drawnTaskVectors,
  epsilon,
} from '../della.ts';
import { addElected } from '../elect.ts';
import { defineMethod } from '../method.ts';
import { lambda, weight } from '../params.ts';
import { electionCoefficients, electionOf } from '../task-vectors.ts';
import { drawing, voting } from '../walk.ts';

export default defineMethod({
  id: 'della',
  order: 18,
  family: 'elections',
  title: 'DELLA',
  summary: 'Drop changes at random, small ones more often, then vote and average as TIES does.',
  explanation:
    'Each change is ranked within its row by magnitude, and the larger it is the more likely it stays: with chance ' +
    'density − ε for the smallest of a row to density + ε for the largest. What is kept is divided by its own chance. Then the ' +
    'models elect a sign at every position and those that agree are averaged. Rows are those along the second dimension, ' +
    'as in mergekit; a tensor of one dimension is one row.',
  evidence:
    'In its paper (2024), on mixes of three experts for language, math and code, on average 1.2 points ahead of DARE and ' +
    '3.6 of TIES; density and ε were chosen for each mix.',
  papers: [
    { label: 'DELLA-Merging, Deep et al. 2024', url: 'https://arxiv.org/abs/2406.11617' },
    { label: 'TIES-Merging, Yadav et al. 2023', url: 'https://arxiv.org/abs/2306.01708' },
  ],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: {
    global: { lambda, seed },
    perModel: { weight, density: dellaDensity, epsilon },
  },
  choices: ['work', 'rescale', 'electOn', 'election', 'zeroVote', 'divisor'],
  dialectDefaults: { mergekit: { perModel: { density: 1 } } },
  sparsifies: 'draw',
  drawsByRank: true,
  elects: true,

  figure: { steps: [...drawing, ...voting] },

  receives: {
    once: { lambda: 'f32', ...dellaCoefficients.once, ...electionCoefficients },
    each: dellaCoefficients.each,
  },

  measures: dellaMeasures,
  guides: dellaGuides,

  coefficients(call, measured) {
    const { lambda } = call.global;
    return { lambda, ...electionOf(call.arithmetic), ...dellaOf(call, measured) };
  },

  left: drawnTaskVectors,

  merge(x, base, c, at, out) {
    addElected(drawnTaskVectors(x, base, c, at), base, c, at, out);
  },
});
