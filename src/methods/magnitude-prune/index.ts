import { defineMethod } from '../method.ts';
import { density, lambda, weight } from '../params.ts';
import { TRIM_STRIDE, trimCoefficients, trimMeasures } from '../task-vectors.ts';
import { readTrims, trimmed } from '../trim.ts';

export default defineMethod({
  id: 'magnitude_prune',
  order: 6,
  title: 'Magnitude prune',
  summary: 'Keep only the largest changes of each model, then add them up.',
  explanation:
    'Each task vector keeps only its largest elements, as in TIES, but nobody votes: what is left is ' +
    'weighted and added to the base. It shows what trimming alone does.',
  evidence: 'An ablation of TIES and a mode of PEFT, for comparison rather than for best results.',
  papers: [{ label: 'TIES-Merging, Yadav et al. 2023', url: 'https://arxiv.org/abs/2306.01708' }],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: { global: { lambda: { ...lambda, default: 0.8 } }, perModel: { weight, density } },
  choices: ['work', 'smallTrim', 'trimRescale'],
  dialectDefaults: { peft: { lambda: 1 }, mergekit: { lambda: 1 } },

  measures: trimMeasures,

  coefficients(call, measured) {
    return [call.global.lambda, ...trimCoefficients(call, measured)];
  },

  merge(x, base, c, { round, start }, out) {
    const scale = round(c[0]);
    const trims = readTrims(c, 1, TRIM_STRIDE, x.length, round);
    for (let i = 0; i < out.length; i++) {
      const b = base[i];
      let sum = 0;
      for (let k = 0; k < x.length; k++) {
        const t = trimmed(trims, k, round(x[k][i] - b), start + i, round);
        sum = Math.fround(sum + round(t * trims.weight[k]));
      }
      out[i] = round(b + round(round(sum) * scale));
    }
  },
});
