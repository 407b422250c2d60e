import { unpack } from '../../methods/coefficients.ts';
import { findMethod } from '../../methods/registry.ts';
import { type FloatDtype, floatDtypes } from '../../numerics/dtype.ts';
import type { Blocks, Kernel, Work } from '../backend.ts';
import { constantsFrom, formulaModule } from './link.ts';

/** Code of planes whose dtypes differ, as in lib/planes.wgsl. */
export const MIXED = floatDtypes.length;

/** Values of the override constants that every shader has. */
export function constantsOf(
  { dtypes, hasBase, guides = 0, readAs }: Pick<Blocks, 'dtypes' | 'hasBase' | 'guides' | 'readAs'>,
  work: Work,
): Readonly<Record<string, number>> {
  const inputs = dtypes.slice(0, dtypes.length - guides);
  const shared = inputs.every((dtype) => dtype === dtypes[0]);
  return {
    DTYPE: shared ? floatDtypes.indexOf(dtypes[0]) : MIXED,
    MODELS: inputs.length - (hasBase ? 1 : 0),
    GUIDES: guides,
    HAS_BASE: hasBase ? 1 : 0,
    READ_AS: floatDtypes.indexOf(readAs),
    WORK: floatDtypes.indexOf(work),
  };
}

/** The shader of a kernel, and the override constants it has besides. Throws when there is no such method. */
export function mapOf({ methodId, coefficients, output, resultAs }: Kernel) {
  const method = findMethod(methodId);
  if (!method) throw new Error(`There is no merge method "${methodId}"`);
  const formula = formulaModule(methodId);
  const constants: Readonly<Record<string, number>> = {
    ...constantsFrom(formula, unpack(method, coefficients)),
    OUTPUT: floatDtypes.indexOf(output),
    RESULT_AS: floatDtypes.indexOf(resultAs),
  };
  return { shader: 'map', formula, constants } as const;
}

/** Dtype and ordinal of every plane, as at the beginning of the binding `planes`. */
export function tableOf(dtypes: readonly FloatDtype[], { ordinals }: Kernel['at']): number[] {
  return dtypes.flatMap((dtype, k) => [floatDtypes.indexOf(dtype), ordinals[k] ?? 0]);
}

/** The word at which plane 0 begins, after the table of so many planes. */
export function firstWord(planes: number): number {
  return planes + (planes % 2);
}
