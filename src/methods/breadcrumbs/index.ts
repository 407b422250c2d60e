import { bandCoefficients, bandedTaskVectors, bandMeasures, bandsOf, gamma } from '../band.ts';
import { defineMethod } from '../method.ts';
import { density, lambda, normalize, weight } from '../params.ts';
import { addSum } from '../task-vectors.ts';

export default defineMethod({
  id: 'breadcrumbs',
  order: 9,
  family: 'sums',
  title: 'Breadcrumbs',
  summary: 'Drop the smallest changes and the very largest, and add up those between.',
  explanation:
    'Small changes are noise, and the very largest are taken for outliers that would dominate the sum: both ends of each ' +
    'task vector are cut, by rank of magnitude within the tensor. What is left in the middle is weighted and added up.',
  evidence:
    'In its paper steadier than task arithmetic when many tasks are merged and λ is not tuned (2023); the best share to ' +
    'drop differs from model to model.',
  papers: [
    {
      label: 'Model Breadcrumbs, Davari and Belilovsky 2023',
      url: 'https://arxiv.org/abs/2312.06795',
    },
  ],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: {
    global: { lambda: { ...lambda, default: 0.8 }, normalize },
    perModel: { weight, density: { ...density, default: 0.9 }, gamma },
  },
  choices: ['work', 'smallTrim', 'trimRescale', 'noOutliers'],
  exceptions: { mergekit: { smallTrim: 'keep none' } },
  dialectDefaults: { mergekit: { global: { lambda: 1 }, perModel: { density: 1 } } },
  sparsifies: 'trim',

  receives: { once: { lambda: 'f32', normalize: 'f32' }, each: bandCoefficients },

  measures: bandMeasures,

  coefficients(call, measured) {
    const { lambda, normalize } = call.global;
    return { lambda, normalize, ...bandsOf(call, measured) };
  },

  left: bandedTaskVectors,

  merge(x, base, c, at, out) {
    addSum(bandedTaskVectors(x, base, c, at), base, c, at, out);
  },
});
