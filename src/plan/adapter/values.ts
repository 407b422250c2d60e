/** The parameters of one module's merge, and the dtype of its factors. */
import { type FloatDtype, isFloatDtype } from '../../numerics/dtype.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { placeOf } from '../groups.ts';
import type { Participants } from '../participants.ts';
import { type Depths, filterMatches, resolveExpert, resolveGlobal } from '../resolve.ts';
import type { MergePart } from '../types.ts';
import type { Change, Module } from './modules.ts';
import { type Reading, strengthOf } from './profile.ts';

export type Resolved = Pick<MergePart, 'global' | 'perModel'>;

/** Parameters of all experts for this weight. */
export function valuesOf(who: Participants, name: string, depths: Depths): Resolved {
  const { recipe, method } = who;
  const place = placeOf(name);
  const rules = recipe.rules.filter(({ filter }) => filterMatches(filter, name, place));
  const tensor = { name, place, depths };
  return {
    global: resolveGlobal(who.global, method, rules, tensor),
    perModel: who.experts.map(({ values, ref }) =>
      resolveExpert(values, method, rules, ref.id, tensor),
    ),
  };
}

/** By expert, where the merge is a weighted sum of changes; else null. */
export function weightsOf(
  { method, arithmetic }: Participants,
  { rows, columns }: Module,
  own: Resolved,
) {
  const elementCount = rows * columns;
  const roundSum = (value: number) => value;
  const shape = [rows, columns];
  const call = { ...own, arithmetic, elementCount, shape, hasBase: true, roundSum };
  return method.weightedSum?.(call) ?? null;
}

/** Values with each expert's weight as the profile has it. */
export function withStrengths(
  reading: Reading,
  module: Module,
  { global, perModel }: Resolved,
): Resolved {
  const strong = perModel.map((values, ordinal) => {
    const change = module.changes.find(({ expert }) => expert.ordinal === ordinal);
    if (!change || !('weight' in values)) return values;
    return { ...values, weight: strengthOf(reading, module, change, Number(values['weight'])) };
  });
  return { global, perModel: strong };
}

/** The one chosen by hand, or that of the first adapter's factors. */
export function dtypeOf({ output }: Recipe, [first]: readonly Change[]): FloatDtype {
  if (output.dtype !== 'base') return output.dtype;
  const [input] = first.inputs;
  return isFloatDtype(input.dtype) ? input.dtype : 'F32';
}
