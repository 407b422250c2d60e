import type { Dtype, FloatDtype } from '../numerics/dtype.ts';
import type { WorkDtype } from '../numerics/round.ts';
import type { Arithmetic } from './dialect.ts';

/** What inputs are rounded to before a merge: nothing, or a dtype (`dtype` of a mergekit recipe). */
export const inputDtypes = ['stored', 'F32', 'F16', 'BF16'] as const;
export type InputDtype = (typeof inputDtypes)[number];

/** Where one tensor's merge rounds. F32 rounds nothing that is f32 already. */
export type Precision = {
  /** Inputs, as they are decoded. */
  readonly readAs: WorkDtype;
  /** The result of every step. */
  readonly work: WorkDtype;
  /** The result of the whole, before it is written in the output dtype. */
  readonly resultAs: WorkDtype;
};

/** Nothing is rounded but the output. */
export const f32Throughout: Precision = { readAs: 'F32', work: 'F32', resultAs: 'F32' };

/**
 * The precision of a tensor's merge from its inputs' dtypes, the base's included. Where the dialect speaks of
 * the dtype of the tensors, that is the one they are rounded to first, or else the one they are all stored in;
 * where they differ it is f32, which holds them all. F64 and 8-bit dtypes are computed with in f32.
 */
export function precisionOf(
  work: Arithmetic['work'],
  stored: readonly FloatDtype[],
  inputs: InputDtype,
): Precision {
  const tensor = inputs === 'stored' ? commonDtype(stored) : inputs;
  return {
    readAs: inputs === 'stored' ? 'F32' : inputs,
    work: work === 'tensor' ? tensor : 'F32',
    resultAs: work === 'result' ? tensor : 'F32',
  };
}

function commonDtype([first, ...others]: readonly FloatDtype[]): WorkDtype {
  const agreed = others.every((dtype) => dtype === first);
  return agreed && (first === 'F16' || first === 'BF16') ? first : 'F32';
}

/** Whether values stored in one dtype may change when they are read as another. */
export function readingRounds(stored: Dtype, inputs: InputDtype): boolean {
  const wide: readonly Dtype[] = inputs === 'F32' ? ['F64'] : ['F64', 'F32', 'F16', 'BF16'];
  return inputs !== 'stored' && stored !== inputs && wide.includes(stored);
}
