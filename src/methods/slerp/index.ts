import type { Call } from '../method.ts';
import { defineMethod } from '../method.ts';
import { anyNumber, turned } from '../params.ts';
import { lesson } from './lesson.ts';

/** Above this |cosine| the arc is taken for a straight line (mergekit's limit, 1.8°). */
const STRAIGHT = 0.9995;
/** Norms up to this have no direction. */
const NO_DIRECTION = 1e-8;

const global = {
  t: {
    kind: 'number',
    label: 't',
    help: '0 is the first model, 1 the second.',
    source: 'mergekit’s examples blend half and half.',
    default: 0.5,
    ...anyNumber,
    soft: [0, 1],
    step: 0.01,
  },
  of: turned,
} as const;

/** The angle between the two, and whether it is a real arc. */
function arc(measured: readonly (readonly number[])[], call: Pick<Call, 'arithmetic'>) {
  const [[dot], [first], [second]] = measured;
  const norms = [Math.sqrt(first), Math.sqrt(second)];
  const hasDirection = norms.every((norm) => norm > NO_DIRECTION);
  if (!hasDirection) {
    const rightAngle = call.arithmetic.zeroNorm === 'right angle';
    return { cosine: 0, theta: Math.PI / 2, straight: !rightAngle, hasDirection };
  }
  const cosine = Math.max(-1, Math.min(1, dot / (norms[0] * norms[1])));
  return { cosine, theta: Math.acos(cosine), straight: Math.abs(cosine) > STRAIGHT, hasDirection };
}

export default defineMethod({
  id: 'slerp',
  order: 5,
  family: 'arcs',
  title: 'SLERP',
  summary: 'Blend two models along an arc instead of a straight line.',
  explanation:
    'Two tensors are seen as arrows; the blend turns from the first to the second along the arc between ' +
    'them, t of the way. Fine-tunes of one base point almost the same way, so on their weights the arc ' +
    'is practically a straight line; turned as task vectors the angle is real.',
  evidence:
    'A community favourite for two models. It keeps the norm only when both norms are equal; no study ' +
    'shows it to be better than a plain average in general.',
  papers: [
    {
      label: 'Animating rotation with quaternion curves, Shoemake 1985',
      url: 'https://doi.org/10.1145/325165.325242',
    },
  ],
  arity: { base: 'optional', models: [2, 2] },
  params: { global, perModel: {} },
  choices: ['zeroNorm'],
  exceptions: { mergekit: { work: 'result' } },

  figure: {
    lesson,
    steps: [
      { shows: 'changes', name: 'Models' },
      { shows: 'arc', name: 'Angle' },
      { shows: 'merged', name: 'Blend' },
    ],
    // At about a right angle: an arc that can be seen.
    changes: [
      [0.62, 0.35, -0.2, -0.48, 0.1, 0.28, -0.34, 0.55, -0.18, 0.42],
      [0.2, -0.45, 0.5, -0.3, 0.12, 0.3, 0.36, 0.25, -0.52, -0.1],
    ],
  },

  receives: {
    once: { first: 'f32', second: 'f32', turnsTaskVectors: 'f32' },
    each: {},
  },

  measures({ global: { of } }, soFar) {
    if (soFar.length > 0) return [];
    return [
      { kind: 'dot', of, a: 0, b: 1 },
      { kind: 'dot', of, a: 0, b: 0 },
      { kind: 'dot', of, a: 1, b: 1 },
    ];
  },

  coefficients(call, measured) {
    const { t, of } = call.global;
    const { theta, straight } = arc(measured, call);
    const turnsTaskVectors = of === 'taskVectors';
    if (straight) return { first: 1 - t, second: t, turnsTaskVectors };
    const sine = Math.sin(theta);
    return {
      first: Math.sin((1 - t) * theta) / sine,
      second: Math.sin(t * theta) / sine,
      turnsTaskVectors,
    };
  },

  merge([first, second], base, c, _at, out) {
    for (let i = 0; i < out.length; i++) {
      const zero = c.turnsTaskVectors === 1 ? base[i] : 0;
      const p = Math.fround(c.first * Math.fround(first[i] - zero));
      const q = Math.fround(c.second * Math.fround(second[i] - zero));
      out[i] = Math.fround(zero + Math.fround(p + q));
    }
  },

  remark(call, measured) {
    const { cosine, theta, straight, hasDirection } = arc(measured, call);
    if (!hasDirection) return 'one of the two is zero: blended linearly';
    if (!straight) return null;
    const degrees = ((theta * 180) / Math.PI).toFixed(2);
    return cosine > 0
      ? `SLERP is LERP here: the angle is ${degrees}°`
      : `the two point in opposite directions (${degrees}°): blended linearly`;
  },
});
