import { combine, combineCoefficients, gramMeasures, gramOf } from '../gram.ts';
import { type Call, defineMethod } from '../method.ts';

/** A product of lengths below it counts as it (mergekit). */
const SMALLEST = 1e-6;

/** Where all pull apart as far as they can, the ratio has no value; the base stays. */
const POLE = 1e-6;

/** Mean cosine of the task vectors' pairs, and how far from the base to their average the result lies. */
function ratio(call: Pick<Call, 'perModel'>, measured: readonly (readonly number[])[]) {
  const gram = gramOf(call, measured);
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
    'gets its own ratio t, from 1 (all agree) to 0 (at right angles); below a right angle t is negative, as in mergekit. ' +
    'mergekit’s variant by filters is not offered.',
  evidence:
    'In its paper two fine-tunes come close to the average of dozens; shown for fine-tunes of one recipe that differ ' +
    'in seed and hyperparameters, not for different tasks.',
  papers: [{ label: 'Model Stock, Jang et al. 2024', url: 'https://arxiv.org/abs/2403.19522' }],
  arity: { base: 'required', models: [2, Number.POSITIVE_INFINITY] },
  params: { global: {}, perModel: {} },
  choices: [],
  exceptions: { mergekit: { work: 'result' } },

  receives: combineCoefficients,

  measures: (call, soFar) => gramMeasures(call, soFar, 'taskVectors'),

  coefficients(call, measured) {
    const { t } = ratio(call, measured);
    return { aroundBase: true, share: call.perModel.map(() => t / call.perModel.length) };
  },

  merge(x, base, c, at, out) {
    combine(x, base, c, at, out);
  },

  remark(call, measured) {
    const { cosine, t } = ratio(call, measured);
    return t < 0 || t > 1
      ? `mean cosine ${cosine.toFixed(3)} gives ratio ${t.toFixed(3)}, beyond base and average`
      : null;
  },
});
