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
import { defineMethod } from '../method.ts';
import { lambda, normalize, weight } from '../params.ts';
import { addSum } from '../task-vectors.ts';
import { drawing } from '../walk.ts';

export default defineMethod({
  id: 'della_linear',
  order: 17,
  family: 'sums',
  title: 'DELLA linear',
  summary:
    'Drop changes at random, small ones more often, make up for it by scaling, then add them up.',
  explanation:
    'DARE drops changes whatever their size. Here each change is ranked within its row by magnitude, and the larger it is the ' +
    'more likely it stays: with chance density − ε for the smallest of a row to density + ε for the largest. What is ' +
    'kept is divided by its own chance, so that its expected value stays; then all is weighted and added up. Rows are ' +
    'those along the second dimension, as in mergekit; a tensor of one dimension is one row.',
  evidence:
    'In its paper (2024), on mixes of three experts for language, math and code, on average 1.2 points ahead of DARE and ' +
    '3.6 of TIES; density and ε were chosen for each mix.',
  papers: [{ label: 'DELLA-Merging, Deep et al. 2024', url: 'https://arxiv.org/abs/2406.11617' }],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: {
    global: { lambda, normalize, seed },
    perModel: { weight, density: dellaDensity, epsilon },
  },
  choices: ['work', 'rescale'],
  dialectDefaults: { mergekit: { perModel: { density: 1 } } },
  sparsifies: 'draw',
  drawsByRank: true,

  figure: {
    steps: [...drawing, { shows: 'merged', name: 'Sum' }, { shows: 'result', name: 'Add λ' }],
  },

  receives: {
    once: { lambda: 'f32', normalize: 'f32', ...dellaCoefficients.once },
    each: dellaCoefficients.each,
  },

  measures: dellaMeasures,
  guides: dellaGuides,

  coefficients(call, measured) {
    const { lambda, normalize } = call.global;
    return { lambda, normalize, ...dellaOf(call, measured) };
  },

  left: drawnTaskVectors,

  merge(x, base, c, at, out) {
    addSum(drawnTaskVectors(x, base, c, at), base, c, at, out);
  },
});
