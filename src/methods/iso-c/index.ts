import { defineMethod } from '../method.ts';
import { changeMeasures, isMatrix, isotropic, spectral, svdOperations } from '../spectral.ts';

export default defineMethod({
  ...spectral,
  id: 'iso_c',
  order: 24,
  title: 'Iso-C',
  summary: 'Add the changes up, then make all directions of the sum equally strong.',
  explanation:
    'A sum of task vectors is strong in a few directions, those that the models share, and weak in the many that one ' +
    'model needs. The matrix of the sum is taken apart into directions (its singular vectors), and all of them get the ' +
    'mean of their strengths (its singular values). Tensors with one axis, which have no directions, are averaged. ' +
    'Directions that are no more than rounding noise stay out.',
  evidence:
    'On eight vision tasks 82.8 on average against 68.0 of task arithmetic and 72.2 of TIES (FusionBench, ViT-B/32); on ' +
    'public language models it typically did not help in a study of six methods (“in the wild”, 2025).',
  papers: [
    {
      label: 'No task left behind: isotropic model merging, Marczak et al. 2025',
      url: 'https://arxiv.org/abs/2502.04959',
    },
  ],

  decomposes: (shape) => (isMatrix(shape) ? svdOperations(shape[0], shape[1]) : 0),

  measures: (call, soFar) => changeMeasures(call, soFar, isotropic),
});
