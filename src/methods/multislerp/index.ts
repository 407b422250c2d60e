import {
  CANCELLED,
  combine,
  combineCoefficients,
  gramMeasures,
  gramOf,
  squaredLength,
} from '../gram.ts';
import { defineMethod } from '../method.ts';
import { type NumberParam, normalize, turned, weight } from '../params.ts';

const eps = {
  kind: 'number',
  label: 'ε',
  help: 'Added to lengths before dividing; below it the models are opposed and are blended linearly.',
  source: 'mergekit’s default.',
  default: 1e-8,
  min: 0,
  max: 1,
  step: 1e-8,
} as const satisfies NumberParam;

export default defineMethod({
  id: 'multislerp',
  order: 21,
  family: 'arcs',
  title: 'Multi-SLERP',
  summary: 'Average the directions of any number of models, and their lengths apart.',
  explanation:
    'Every tensor is seen as an arrow with a direction and a length. The directions are averaged by weight and ' +
    'brought back to the sphere; the result points there and has the weighted mean of the lengths. So the ' +
    'average does not get shorter where the models point apart. With a base the task vectors are averaged.',
  evidence:
    'A generalisation of SLERP by mergekit’s author, without a paper or a comparison. mergekit follows it by ' +
    'a step in the tangent plane, which is zero at this mean.',
  papers: [
    {
      label: 'Spherical averages, Buss and Fillmore 2001',
      url: 'https://doi.org/10.1145/502122.502124',
    },
  ],
  arity: { base: 'optional', models: [2, Number.POSITIVE_INFINITY] },
  params: {
    global: { of: turned, normalize_weights: { ...normalize, default: true }, eps },
    perModel: { weight },
  },
  choices: [],
  exceptions: { mergekit: { work: 'result' } },

  receives: combineCoefficients,

  measures: (call, soFar) => gramMeasures(call, soFar, call.global.of),

  coefficients(call, measured) {
    const { of, normalize_weights, eps: smallest } = call.global;
    const total = call.perModel.reduce((sum, model) => sum + model.weight, 0);
    const weights = call.perModel.map((model) => model.weight / (normalize_weights ? total : 1));
    const gram = gramOf(call, measured);
    const lengths = gram.map((row, k) => Math.sqrt(row[k]));
    // Zeros have no direction.
    const direction = weights.map((each, k) =>
      lengths[k] > 0 ? each / (lengths[k] + smallest) : 0,
    );
    const length = Math.sqrt(squaredLength(gram, direction));
    const mean = weights.reduce((sum, each, k) => sum + each * lengths[k], 0);
    const loudness = weights.reduce((sum, each) => sum + Math.abs(each), 0);
    const share =
      length <= Math.max(smallest, CANCELLED * loudness)
        ? weights
        : direction.map((each) => (each * mean) / length);
    return { aroundBase: of === 'taskVectors', share };
  },

  merge(x, base, c, at, out) {
    combine(x, base, c, at, out);
  },
});
