import {
  combine,
  combineCoefficients,
  type Gram,
  gramMeasures,
  gramOf,
  sharesByLine,
} from '../gram.ts';
import { alongLast, type Lines } from '../lines.ts';
import { type Call, defineMethod } from '../method.ts';
import type { ToggleParam } from '../params.ts';

/** A product of lengths below it counts as it (mergekit). */
const SMALLEST = 1e-6;

/** Where all pull apart as far as they can, the ratio has no value; the base stays. */
const POLE = 1e-6;

const filterWise = {
  kind: 'toggle',
  label: 'filter-wise',
  help: 'Every row of a tensor gets a ratio of its own, instead of one for all of it.',
  source: 'mergekit’s default; the paper has one for each layer.',
  default: false,
} as const satisfies ToggleParam;

/** What gets a ratio of its own: rows, along the last dimension; null is the whole tensor. */
function linesOf({
  global,
  shape,
}: Call & { readonly global: { readonly filter_wise: boolean } }): Lines | null {
  return global.filter_wise ? alongLast(shape) : null;
}

/** Mean cosine of the task vectors' pairs, and how far from the base to their average the result lies. */
function ratio(gram: Gram) {
  const n = gram.length;
  const cosines = gram.flatMap((row, i) =>
    row.slice(i + 1).map((dot, more) => {
      const lengths = Math.sqrt(row[i] * gram[i + 1 + more][i + 1 + more]);
      return Math.max(-1, Math.min(1, dot / Math.max(lengths, SMALLEST)));
    }),
  );
  const cosine = cosines.reduce((sum, each) => sum + each, 0) / cosines.length;
  const divisor = 1 + (n - 1) * cosine;
  return { cosine, t: divisor < POLE ? 0 : (n * cosine) / divisor };
}

export default defineMethod({
  id: 'model_stock',
  order: 11,
  family: 'averages',
  title: 'Model Stock',
  summary: 'Average the models, then step back towards the base as far as they disagree.',
  explanation:
    'Fine-tunes of one base lie around a centre that nobody sees. The angle between their task vectors tells how far ' +
    'the average overshoots: the more they point apart, the closer to the base the best guess lies. Every tensor ' +
    'gets its own ratio t, or every row of it: from 1 (all agree) to 0 (at right angles); beyond a right angle t is negative, as in mergekit.',
  evidence:
    'In its paper two fine-tunes come close to the average of dozens; shown for fine-tunes of one recipe that differ ' +
    'in seed and hyperparameters, not for different tasks.',
  papers: [{ label: 'Model Stock, Jang et al. 2024', url: 'https://arxiv.org/abs/2403.19522' }],
  arity: { base: 'required', models: [2, Number.POSITIVE_INFINITY] },
  params: { global: { filter_wise: filterWise }, perModel: {} },
  choices: [],
  exceptions: { mergekit: { work: 'result' } },

  receives: combineCoefficients,

  measures: (call, soFar) => gramMeasures(call, soFar, 'taskVectors', linesOf(call)),

  coefficients(call, measured) {
    const share = linesOf(call) ? 0 : ratio(gramOf(call, measured)).t / call.perModel.length;
    return { aroundBase: true, share: call.perModel.map(() => share) };
  },

  guides: {
    count: (call) => (linesOf(call) ? 1 : 0),
    of: (call, measured) =>
      sharesByLine(call, alongLast(call.shape), 1, (line) => [
        ratio(gramOf(call, measured, line)).t / call.perModel.length,
      ]),
  },

  merge(x, base, c, at, out) {
    combine(x, base, c, at, out);
  },

  remark(call, measured) {
    if (linesOf(call)) return null;
    const { cosine, t } = ratio(gramOf(call, measured));
    return t < 0 || t > 1
      ? `mean cosine ${cosine.toFixed(3)} gives ratio ${t.toFixed(3)}, beyond base and average`
      : null;
  },
});
