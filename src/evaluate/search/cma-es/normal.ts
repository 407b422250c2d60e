import { noiseQuad } from '../../../numerics/random.ts';

const words = new Uint32Array(4);

/**
 * `count` independent standard normal values, the same for the same place in a search: Box and Muller on the house's
 * counter-based noise. Nothing has to be remembered to draw them again.
 */
export function normalsAt(
  seed: number,
  generation: number,
  candidate: number,
  attempt: number,
  count: number,
): Float64Array {
  const drawn = new Float64Array(count);
  // A row of 2²⁰ pairs for each attempt.
  const row = (attempt * 2 ** 20) >>> 0;
  for (let at = 0; at < count; at += 2) {
    noiseQuad((row + (at >>> 1)) >>> 0, candidate, generation, seed >>> 0, words);
    const radius = Math.sqrt(-2 * Math.log((words[0] + 0.5) / 2 ** 32));
    const angle = 2 * Math.PI * ((words[1] + 0.5) / 2 ** 32);
    drawn[at] = radius * Math.cos(angle);
    if (at + 1 < count) drawn[at + 1] = radius * Math.sin(angle);
  }
  return drawn;
}
