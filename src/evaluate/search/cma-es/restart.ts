import { noiseQuad } from '../../../numerics/random.ts';
import { type CmaState, startCma } from './cma-es.ts';

/**
 * A search begun anew where one has come to its end, with a population twice as large each time and a mean drawn evenly between
 * the bounds: IPOP-CMA-ES, Auger and Hansen, CEC 2005. Without bounds it begins where the first did.
 * @param restart counted from 1
 */
export function restarted({ start }: CmaState, restart: number): CmaState {
  const { mean, bounds, population, seed } = start;
  return startCma({
    ...start,
    seed: seed + restart,
    population: population * 2 ** restart,
    mean: bounds
      ? mean.map(
          (_, i) => bounds.low[i] + (bounds.high[i] - bounds.low[i]) * share(seed, restart, i),
        )
      : mean,
  });
}

const words = new Uint32Array(4);

/** 0 to 1. No candidate has this number: a place of its own in the seed's noise. */
function share(seed: number, restart: number, coordinate: number): number {
  noiseQuad(coordinate, 0xffffffff, restart, seed >>> 0, words);
  return (words[0] + 0.5) / 2 ** 32;
}
