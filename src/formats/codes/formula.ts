import type { Axes } from '../stored-tensor.ts';

/**
 * How the values of a tensor come from stored codes: value = number of the code × scale, plus an offset where
 * there is one. Each step is rounded to f32. Codes lie in rows, the first in the lowest bits.
 */
export type CodesFormula = {
  readonly kind: 'codes';
  /** What a code stands for: a whole number without or with sign, or a small float. */
  readonly number: 'unsigned' | 'signed' | 'E2M1' | 'E4M3' | 'E5M2';
  /** Bits of a code. */
  readonly bits: number;
  /** Matrices, rows, columns; in the order the codes are stored. */
  readonly sizes: Axes;
  /** How many neighbours along each axis share a scale; the last block may be cut off. */
  readonly blocks: Axes;
  /** Dtype of the scales, and of the offsets. */
  readonly scale: ScaleDtype;
  /** Whether there are offsets, laid out like the scales. */
  readonly offset: boolean;
  /** Whether rows and columns of each matrix change places when it is read. */
  readonly transposed: boolean;
};

/** F8_E8M0 is a power of two. */
export type ScaleDtype = 'F32' | 'F16' | 'BF16' | 'F8_E8M0';
