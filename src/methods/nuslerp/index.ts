import { combine, combineCoefficients, gramMeasures, gramOf, OPPOSITE } from '../gram.ts';
import { type Call, defineMethod } from '../method.ts';
import { turned, weight } from '../params.ts';

/** Lengths below this count as this; sines below it have no arc; and weights that sum to less are halves (mergekit). */
const SMALLEST_LENGTH = 1e-7;
const SMALLEST_SINE = 1e-8;
const SMALLEST_TOTAL = 1e-6;

/** How far from the first to the second, and the angle between them. */
function arc(call: Call, measured: readonly (readonly number[])[]) {
  const [a, b] = call.perModel.map((model) => Number(model['weight']));
  const t = Math.abs(a + b) < SMALLEST_TOTAL ? 0.5 : b / (a + b);
  const [[first, dot], [, second]] = gramOf(call, measured);
  const lengths = [first, second].map((square) => Math.max(Math.sqrt(square), SMALLEST_LENGTH));
  const cosine = Math.max(-1, Math.min(1, dot / (lengths[0] * lengths[1])));
  return { t, cosine, theta: Math.acos(cosine) };
}

export default defineMethod({
  id: 'nuslerp',
  order: 20,
  family: 'arcs',
  title: 'NuSLERP',
  summary: 'SLERP with a weight for each model in place of t.',
  explanation:
    'Two tensors are blended along the arc between them, as in SLERP; how far is told by their weights: the ' +
    'second model’s share of the sum. With a base the task vectors are turned instead of the weights. ' +
    'A tensor counts as one long arrow; mergekit’s variant by rows is not offered.',
  evidence:
    'mergekit’s successor of SLERP; no study compares the two. For fine-tunes of one base the arc of the ' +
    'weights is practically a straight line.',
  papers: [
    {
      label: 'Animating rotation with quaternion curves, Shoemake 1985',
      url: 'https://doi.org/10.1145/325165.325242',
    },
  ],
  arity: { base: 'optional', models: [2, 2] },
  params: { global: { of: turned }, perModel: { weight } },
  choices: [],
  exceptions: { mergekit: { work: 'result' } },

  figure: {
    steps: [
      { shows: 'changes', name: 'Models' },
      { shows: 'arc', name: 'Angle' },
      { shows: 'merged', name: 'Blend' },
    ],
    changes: [
      [0.62, 0.35, -0.2, -0.48, 0.1, 0.28, -0.34, 0.55, -0.18, 0.42],
      [0.2, -0.45, 0.5, -0.3, 0.12, 0.3, 0.36, 0.25, -0.52, -0.1],
    ],
  },

  receives: combineCoefficients,

  measures: (call, soFar) => gramMeasures(call, soFar, call.global.of),

  coefficients(call, measured) {
    const { t, cosine, theta } = arc(call, measured);
    const sine = Math.sin(theta);
    const share =
      Math.abs(sine) < (cosine < 0 ? OPPOSITE : SMALLEST_SINE)
        ? [1 - t, t]
        : [Math.sin((1 - t) * theta) / sine, Math.sin(t * theta) / sine];
    return { aroundBase: call.global.of === 'taskVectors', share };
  },

  merge(x, base, c, _at, out) {
    combine(x, base, c, out);
  },

  remark(call, measured) {
    const degrees = (arc(call, measured).theta * 180) / Math.PI;
    return degrees < 2 ? `an arc of ${degrees.toFixed(2)}° is practically a straight line` : null;
  },
});
