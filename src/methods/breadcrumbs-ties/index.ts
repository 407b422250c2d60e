import { bandCoefficients, bandedTaskVectors, bandMeasures, bandsOf, gamma } from '../band.ts';
import { addElected } from '../elect.ts';
import { defineMethod } from '../method.ts';
import { density, lambda, weight } from '../params.ts';
import { electionCoefficients, electionOf } from '../task-vectors.ts';

export default defineMethod({
  id: 'breadcrumbs_ties',
  order: 10,
  family: 'elections',
  title: 'Breadcrumbs-TIES',
  summary: 'Cut both ends of the changes as Breadcrumbs does, then vote and average as TIES does.',
  explanation:
    'The cut of Breadcrumbs takes the place of TIES’s trim: the smallest and the very largest changes of each model are ' +
    'dropped. Then the models elect a sign at every position and those that agree are averaged.',
  evidence: 'A combination offered by mergekit; no study has looked at it by itself.',
  papers: [
    {
      label: 'Model Breadcrumbs, Davari and Belilovsky 2023',
      url: 'https://arxiv.org/abs/2312.06795',
    },
    { label: 'TIES-Merging, Yadav et al. 2023', url: 'https://arxiv.org/abs/2306.01708' },
  ],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: {
    global: { lambda },
    perModel: { weight, density: { ...density, default: 0.9 }, gamma },
  },
  choices: [
    'work',
    'electOn',
    'election',
    'zeroVote',
    'divisor',
    'smallTrim',
    'trimRescale',
    'noOutliers',
  ],
  exceptions: { mergekit: { divisor: 'none', smallTrim: 'keep none' } },
  dialectDefaults: { mergekit: { perModel: { density: 1 } } },
  sparsifies: 'trim',
  elects: true,

  receives: { once: { lambda: 'f32', ...electionCoefficients }, each: bandCoefficients },

  measures: bandMeasures,

  coefficients(call, measured) {
    const { lambda } = call.global;
    return { lambda, ...electionOf(call.arithmetic), ...bandsOf(call, measured) };
  },

  left: bandedTaskVectors,

  merge(x, base, c, at, out) {
    addElected(bandedTaskVectors(x, base, c, at), base, c, at, out);
  },
});
