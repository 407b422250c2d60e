import { unpack } from '../../methods/coefficients.ts';
import type { Deriving, TensorMeasure } from '../../methods/method.ts';
import { findMethod } from '../../methods/registry.ts';
import { type FloatDtype, floatDtypes } from '../../numerics/dtype.ts';
import type { Blocks, Kernel, Work } from '../backend.ts';
import { constantsFrom, formulaModule } from './link.ts';
import { derivedIn } from './sums.ts';

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
  const { formula, constants: rules } = formulaOf({ methodId, coefficients });
  const constants: Readonly<Record<string, number>> = {
    ...rules,
    OUTPUT: floatDtypes.indexOf(output),
    RESULT_AS: floatDtypes.indexOf(resultAs),
  };
  return { shader: 'map', formula, constants } as const;
}

/**
 * The formula that derives what a measure is of, and the override constants of it; nothing where it is of weights or
 * task vectors. Throws when the method derives no such number.
 */
export function derivedOf(measure: TensorMeasure, deriving: Deriving | undefined) {
  const name = derivedIn(measure);
  if (name === null) return { constants: {} };
  if (!deriving) throw new Error(`Nobody derives ${name}`);
  const { method, formula, constants } = formulaOf(deriving);
  const at = Object.keys(method.derives ?? {}).indexOf(name);
  if (at < 0) throw new Error(`${deriving.methodId} derives no ${name}`);
  return { formula, constants: { ...constants, DERIVED: at + 1 } };
}

function formulaOf({ methodId, coefficients }: Deriving) {
  const method = findMethod(methodId);
  if (!method) throw new Error(`There is no merge method "${methodId}"`);
  const formula = formulaModule(methodId);
  return { method, formula, constants: constantsFrom(formula, unpack(method, coefficients)) };
}

/** Dtype and ordinal of every plane, as at the beginning of the binding `planes`. */
export function tableOf(dtypes: readonly FloatDtype[], { ordinals }: Kernel['at']): number[] {
  return dtypes.flatMap((dtype, k) => [floatDtypes.indexOf(dtype), ordinals[k] ?? 0]);
}

/** The word at which plane 0 begins, after the table of so many planes. */
export function firstWord(planes: number): number {
  return planes + (planes % 2);
}
