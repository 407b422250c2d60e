import { defineMethod } from '../method.ts';
import {
  changeMeasures,
  isMatrix,
  keptVectors,
  orthogonalised,
  spectral,
  svdOperations,
} from '../spectral.ts';

export default defineMethod({
  ...spectral,
  id: 'tsv_m',
  order: 25,
  title: 'TSV-M',
  summary: 'Keep each model’s strongest directions, turned so that none disturbs another.',
  explanation:
    'The matrix of each task vector is taken apart into directions (singular vectors). Of N models each keeps its ' +
    'strongest N-th, which hold most of what it has learnt. Directions of different models that lie close to each ' +
    'other interfere; all are turned to the nearest set in which none does, and keep their strengths. Tensors with one ' +
    'axis are averaged.',
  evidence:
    'By its own paper (2025) clearly ahead of the methods before it on 8 to 20 vision tasks; on public language ' +
    'models it typically did not help in a study of six methods (“in the wild”, 2025).',
  papers: [
    {
      label: 'Task singular vectors, Gargiulo et al. 2025',
      url: 'https://arxiv.org/abs/2412.00081',
    },
  ],

  decomposes(shape, models) {
    if (!isMatrix(shape)) return 0;
    const [rows, columns] = shape;
    const kept = models * keptVectors(Math.min(rows, columns), models);
    const sides = svdOperations(rows, kept) + svdOperations(columns, kept);
    return models * svdOperations(rows, columns) + sides;
  },

  measures: (call, soFar) => changeMeasures(call, soFar, orthogonalised),
});
