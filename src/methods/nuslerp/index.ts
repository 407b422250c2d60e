import {
  combine,
  combineCoefficients,
  type Gram,
  gramMeasures,
  gramOf,
  OPPOSITE,
  sharesByLine,
} from '../gram.ts';
import { alongFirst, alongLast, type Lines } from '../lines.ts';
import { type Call, defineMethod } from '../method.ts';
import { type ToggleParam, turned, weight } from '../params.ts';

/** Lengths below this count as this; sines below it have no arc; and weights that sum to less are halves (mergekit). */
const SMALLEST_LENGTH = 1e-7;
const SMALLEST_SINE = 1e-8;
const SMALLEST_TOTAL = 1e-6;

const flatten = {
  kind: 'toggle',
  label: 'flatten',
  help: 'A tensor is one arrow. If not, each of its rows is one, or each of its columns.',
  source: 'mergekit’s default.',
  default: true,
} as const satisfies ToggleParam;

const rowWise = {
  kind: 'toggle',
  label: 'row-wise',
  help: 'Off: rows, along the last dimension. On: columns, along the first. mergekit’s name and its numbers; its text has it the other way round.',
  default: false,
  visible: (values) => values['nuslerp_flatten'] === false,
} as const satisfies ToggleParam;

type Parameters = Call & {
  readonly global: { readonly nuslerp_flatten: boolean; readonly nuslerp_row_wise: boolean };
};

/** What is turned by itself; null is the whole tensor. */
function linesOf({ global, shape }: Parameters): Lines | null {
  if (global.nuslerp_flatten) return null;
  return global.nuslerp_row_wise ? alongFirst(shape) : alongLast(shape);
}

/** How far from the first model to the second. */
function tOf({ perModel }: Pick<Call, 'perModel'>): number {
  const [a, b] = perModel.map((model) => Number(model['weight']));
  return Math.abs(a + b) < SMALLEST_TOTAL ? 0.5 : b / (a + b);
}

/** The angle between two vectors. */
function angleOf([[first, dot], [, second]]: Gram) {
  const lengths = [first, second].map((square) => Math.max(Math.sqrt(square), SMALLEST_LENGTH));
  const cosine = Math.max(-1, Math.min(1, dot / (lengths[0] * lengths[1])));
  return { cosine, theta: Math.acos(cosine) };
}

/** How much of each lies on the arc. */
function sharesOf(gram: Gram, t: number): readonly number[] {
  const { cosine, theta } = angleOf(gram);
  const sine = Math.sin(theta);
  return Math.abs(sine) < (cosine < 0 ? OPPOSITE : SMALLEST_SINE)
    ? [1 - t, t]
    : [Math.sin((1 - t) * theta) / sine, Math.sin(t * theta) / sine];
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
    'A tensor counts as one long arrow; or each row does by itself, or each column.',
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
  params: {
    global: { of: turned, nuslerp_flatten: flatten, nuslerp_row_wise: rowWise },
    perModel: { weight },
  },
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

  measures: (call, soFar) => gramMeasures(call, soFar, call.global.of, linesOf(call)),

  coefficients(call, measured) {
    const share = linesOf(call) ? [0, 0] : sharesOf(gramOf(call, measured), tOf(call));
    return { aroundBase: call.global.of === 'taskVectors', share };
  },

  guides: {
    count: (call) => (linesOf(call) ? 2 : 0),
    of(call, measured) {
      const t = tOf(call);
      return sharesByLine(call, linesOf(call) ?? alongLast(call.shape), 2, (line) =>
        sharesOf(gramOf(call, measured, line), t),
      );
    },
  },

  merge(x, base, c, at, out) {
    combine(x, base, c, at, out);
  },

  remark(call, measured) {
    if (linesOf(call)) return null;
    const degrees = (angleOf(gramOf(call, measured)).theta * 180) / Math.PI;
    return degrees < 2 ? `an arc of ${degrees.toFixed(2)}° is practically a straight line` : null;
  },
});
