import type { Factors, Term } from '../lora/factors.ts';
import { type Matrix, transpose } from '../numerics/algebra/matrix.ts';
import { matrixOfRows } from './matrices.ts';

/**
 * Two adapters of a layer with 5 inputs and 4 outputs, of rank 2 and scales 2 and 3, and what the real PEFT
 * (0.20.1.dev0 of 2026-08-21) made of them, times the result's scale, as printed to four decimals. Its svd
 * applied scales twice then, so its terms are weighted by s² instead of s.
 */
export type PeftSum = {
  readonly name: string;
  readonly terms: readonly Term[];
  readonly expected: Matrix;
};

/** Row after row, as files have them. */
const factors = (b: readonly number[], a: readonly number[]): Factors => ({
  b: transpose({ rows: 2, columns: 4, values: Float64Array.from(b, Math.fround) }),
  a: { rows: 5, columns: 2, values: Float64Array.from(a, Math.fround) },
});
const first = factors(
  [0.09, 0.46, -0.18, 0.19, -0.45, -0.08, 0.29, -0.35],
  [-0.02, 0.35, -0.29, 0.08, 0.45, -0.19, 0.18, -0.46, -0.09, 0.28],
);
const second = factors(
  [0.31, -0.33, 0.04, 0.41, -0.23, 0.14, -0.5, -0.13],
  [0.2, -0.44, -0.07, 0.3, -0.34, 0.03, 0.4, -0.24, 0.13, 0.5],
);
const terms = (one: number, other: number): readonly Term[] => [
  { ...first, weight: one },
  { ...second, weight: other },
];

export const peftCat: readonly PeftSum[] = [
  {
    name: 'weights 0.5 and 1.5',
    terms: terms(0.5 * 2, 1.5 * 3),
    expected: matrixOfRows([
      [0.1453, -1.0935, 0.021, 0.1912, -1.0475],
      [0.0588, 0.63, -0.4906, 0.2623, 0.8335],
      [-0.1639, 0.5355, 0.0885, -0.2574, 0.442],
      [-0.4069, 0.7945, 0.3748, -0.6963, 0.505],
    ]),
  },
  {
    name: 'weights 0.5 and −1.5',
    terms: terms(0.5 * 2, -1.5 * 3),
    expected: matrixOfRows([
      [-0.3237, 1.3221, -0.4964, -0.2597, 1.3861],
      [-0.1238, -0.6876, 0.4202, -0.3253, -0.8891],
      [0.2123, -0.8793, 0.246, 0.1998, -0.8918],
      [0.5282, -0.7175, -0.221, 0.8058, -0.44],
    ]),
  },
];

export const peftSvd: readonly PeftSum[] = [
  {
    name: 'weights 0.5 and 1.5',
    terms: terms(0.5 * 2 ** 2, 1.5 * 3 ** 2),
    expected: matrixOfRows([
      [0.525, -3.3948, 0.3008, 0.608, -3.3118],
      [0.2091, 1.9188, -1.4366, 0.8186, 2.5283],
      [-0.5159, 1.7784, 0.0984, -0.7434, 1.5509],
      [-1.2813, 2.345, 1.0475, -2.1438, 1.4825],
    ]),
  },
  {
    name: 'weights 0.5 and −1.5',
    terms: terms(0.5 * 2 ** 2, -1.5 * 3 ** 2),
    expected: matrixOfRows([
      [-0.8817, 3.852, -1.2516, -0.7448, 3.989],
      [-0.339, -2.034, 1.2958, -0.9446, -2.6395],
      [0.6127, -2.466, 0.5709, 0.6282, -2.4505],
      [1.524, -2.191, -0.7399, 2.3626, -1.3525],
    ]),
  },
];
