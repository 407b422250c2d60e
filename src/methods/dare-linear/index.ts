import { countDraws, dareDensity, draws, masked, readDares, seed } from '../dare.ts';
import { defineMethod } from '../method.ts';
import { lambda, normalize, weight } from '../params.ts';
import {
  DARE_STRIDE,
  dareCoefficients,
  dareMeasures,
  halves,
  sumOfWeights,
} from '../task-vectors.ts';

export default defineMethod({
  id: 'dare_linear',
  order: 3,
  title: 'DARE',
  summary: 'Drop most changes at random, make up for it by scaling, then add them up.',
  explanation:
    'Each task vector loses a random share p of its elements and the rest is divided by 1 − p, so that ' +
    'its expected value stays. Sparse task vectors get in each other’s way less often. Averaging many ' +
    'draws undoes the sparsity and ends in plain task arithmetic.',
  evidence:
    'Changes from supervised fine-tuning are often so redundant that 90 % can be dropped (2024); large ' +
    'changes, as from continued pre-training, break it.',
  papers: [{ label: 'DARE, Yu et al. 2024', url: 'https://arxiv.org/abs/2311.03099' }],
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: {
    global: { lambda: { ...lambda, default: 0.8 }, normalize, seed, draws },
    perModel: { weight, density: dareDensity },
  },
  choices: ['work', 'rescale'],
  dialectDefaults: { peft: { lambda: 1 }, mergekit: { lambda: 1 } },

  measures: dareMeasures,

  coefficients(call, measured) {
    const { lambda, normalize, seed, draws } = call.global;
    const dares = dareCoefficients(call, measured);
    return [lambda, ...halves(seed), draws, normalize ? 1 : 0, ...dares];
  },

  merge(x, base, c, at, out) {
    const { round } = at;
    const scale = round(c[0]);
    const drawCount = c[3];
    const dares = readDares(c, 5, DARE_STRIDE, x.length, round);
    const kept = countDraws(c, dares, at, out.length);
    const divisor = c[4] === 1 ? sumOfWeights(dares.weight, round) : 1;
    for (let i = 0; i < out.length; i++) {
      const b = base[i];
      let sum = 0;
      for (let k = 0; k < x.length; k++) {
        const t = masked(dares, k, round(x[k][i] - b), Math.fround(kept[k][i] / drawCount), round);
        sum = Math.fround(sum + round(t * dares.weight[k]));
      }
      sum = round(sum);
      if (divisor !== 1) sum = round(sum / divisor);
      out[i] = round(b + round(sum * scale));
    }
  },
});
