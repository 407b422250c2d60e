import { noiseQuad } from '../random.ts';
import { type Matrix, zeros } from './matrix.ts';

/**
 * Independent standard normal values, the same for the same seed and shape: Box and Muller (Ann. Math.
 * Statist. 29(2), 1958) on the house's counter-based noise. Engines may differ in the last digits of
 * logarithm and cosine.
 */
export function gaussianMatrix(rows: number, columns: number, seed: number): Matrix {
  const result = zeros(rows, columns);
  const { values } = result;
  const words = new Uint32Array(4);
  for (let at = 0; at < values.length; at += 2) {
    noiseQuad(at >>> 1, 0, 0, seed >>> 0, words);
    // Between 0 and 1 without either, so that the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log((words[0] + 0.5) / 2 ** 32));
    const angle = 2 * Math.PI * ((words[1] + 0.5) / 2 ** 32);
    values[at] = radius * Math.cos(angle);
    if (at + 1 < values.length) values[at + 1] = radius * Math.sin(angle);
  }
  return result;
}
