import { defineMethod } from '../method.ts';
import { anyNumber, type NumberParam } from '../params.ts';
import { scale as scaled } from '../steps.ts';

const scale = {
  kind: 'number',
  label: 'scale',
  help: 'Every weight is multiplied by it; rules can scale some tensors only.',
  source:
    'mergekit: a scale of 0 on some projections makes added layers start as if they were not there.',
  default: 1,
  ...anyNumber,
  soft: [0, 2],
  step: 0.01,
} as const satisfies NumberParam;

export default defineMethod({
  id: 'passthrough',
  order: 30,
  family: 'single',
  title: 'Passthrough',
  summary: 'Take one model as it is, scaled where rules say so.',
  explanation:
    'Nothing is merged: the weights of one model go through, multiplied by a scale. It converts dtypes, renames and ' +
    'shards a model, bakes one adapter in, and scales chosen tensors by rules.',
  evidence: 'No claim is made: the result is the model that went in, unless it is scaled.',
  papers: [{ label: 'mergekit, Goddard et al. 2024', url: 'https://arxiv.org/abs/2403.13257' }],
  arity: { base: 'none', models: [1, 1] },
  params: { global: {}, perModel: { scale } },
  choices: [],

  copies: ({ scale }) => scale === 1,

  receives: { once: {}, each: { scale: 'f32' } },

  coefficients({ perModel }) {
    return { scale: perModel.map((model) => model.scale) };
  },

  merge([only], _base, c, { round }, out) {
    out.set(only);
    // One number and not a tensor: it stays f32 whatever the working dtype, as in mergekit.
    scaled(out, c.scale[0], round);
  },
});
