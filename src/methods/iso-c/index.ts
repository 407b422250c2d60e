import { defineMethod } from '../method.ts';
import { lambda } from '../params.ts';
import {
  addGuide,
  changeGuides,
  changeMeasures,
  isMatrix,
  isotropic,
  svdOperations,
} from '../spectral.ts';

export default defineMethod({
  id: 'iso_c',
  order: 24,
  family: 'spectra',
  title: 'Iso-C',
  summary: 'Add the changes up, then make all directions of the sum equally strong.',
  explanation:
    'A sum of task vectors is strong in a few directions, those that the models share, and weak in the many that one ' +
    'model needs. The matrix of the sum is taken apart into directions (its singular vectors), and all of them get the ' +
    'mean of their strengths (its singular values). Tensors with one axis, which have no directions, are averaged. ' +
    'Directions that are no more than rounding noise stay out.',
  evidence:
    'In its paper (2025) the best or second best method without data on 8 to 20 vision tasks; on public language ' +
    'models it did not help in a study of six (“in the wild”, 2025).',
  papers: [
    {
      label: 'No task left behind: isotropic model merging, Marczak et al. 2025',
      url: 'https://arxiv.org/abs/2502.04959',
    },
  ],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: { global: { lambda }, perModel: {} },
  choices: [],

  decomposes: ([rows, columns]) => (isMatrix([rows, columns]) ? svdOperations(rows, columns) : 0),

  receives: { once: { lambda: 'f32' }, each: {} },

  measures: (call, soFar) => changeMeasures(call, soFar, isotropic),

  coefficients({ global: { lambda } }) {
    return { lambda };
  },

  guides: changeGuides,

  merge(_, base, c, at, out) {
    addGuide(base, c, at, out);
  },
});
