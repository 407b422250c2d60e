import { defineMethod } from '../method.ts';
import { lambda } from '../params.ts';
import {
  addGuide,
  changeGuides,
  changeMeasures,
  isMatrix,
  keptVectors,
  orthogonalised,
  svdOperations,
} from '../spectral.ts';

export default defineMethod({
  id: 'tsv_m',
  order: 25,
  family: 'spectra',
  title: 'TSV-M',
  summary: 'Keep each model’s strongest directions, turned so that none disturbs another.',
  explanation:
    'The matrix of each task vector is taken apart into directions (singular vectors). Of N models each keeps its ' +
    'strongest N-th, which hold most of what it has learnt. Directions of different models that lie close to each ' +
    'other interfere; all are turned to the nearest set in which none does, and keep their strengths. Tensors with one ' +
    'axis are averaged.',
  evidence:
    'In its paper (2025) ahead of task arithmetic, TIES and Consensus TA on 8 to 20 vision tasks; on public language ' +
    'models it did not help in a study of six (“in the wild”, 2025).',
  papers: [
    {
      label: 'Task singular vectors, Gargiulo et al. 2025',
      url: 'https://arxiv.org/abs/2412.00081',
    },
  ],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: { global: { lambda }, perModel: {} },
  choices: [],

  decomposes([rows, columns], models) {
    if (!isMatrix([rows, columns])) return 0;
    const kept = models * keptVectors(Math.min(rows, columns), models);
    const sides = svdOperations(rows, kept) + svdOperations(columns, kept);
    return models * svdOperations(rows, columns) + sides;
  },

  receives: { once: { lambda: 'f32' }, each: {} },

  measures: (call, soFar) => changeMeasures(call, soFar, orthogonalised),

  coefficients({ global: { lambda } }) {
    return { lambda };
  },

  guides: changeGuides,

  merge(_, base, c, at, out) {
    addGuide(base, c, at, out);
  },
});
