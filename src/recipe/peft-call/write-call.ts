/** A recipe of adapters as a call of PEFT's `add_weighted_adapter`. */
import type { Combine } from '../../methods/combine.ts';
import { resolveArithmetic } from '../../methods/dialect.ts';
import type { MergeMethod } from '../../methods/method.ts';
import { findMethod } from '../../methods/registry.ts';
import { expertValues } from '../defaults.ts';
import type { Recipe } from '../recipe.ts';
import { beyondCall } from './beyond.ts';

export type WrittenCall =
  | { readonly text: string; readonly remarks: readonly string[] }
  /** Clauses without a full stop, each a part that no call says. */
  | { readonly beyond: readonly string[] };

export function writeCall(recipe: Recipe): WrittenCall {
  const method = findMethod(recipe.method);
  if (!method) return { beyond: [`nobody knows the method ${recipe.method}`] };
  const combine = combineOf(recipe, method);
  const type = method.peft?.[combine];
  const { profile } = recipe.adapters;
  const needsRank = profile === 'corrected' && type !== undefined && !method.peft?.ranks;
  const beyond = [
    ...(recipe.experts.length === 0 ? ['there are no adapters'] : []),
    ...(recipe.output.as === 'model' ? ['a model is written'] : []),
    ...(profile === 'sd-scripts' ? ['the profile is that of sd-scripts'] : []),
    ...(type === undefined ? [`PEFT has no ${method.title}`] : beyondCall(recipe, method)),
    ...(needsRank && recipe.output.rank === null
      ? ['all ranks together are kept, and PEFT keeps the largest one: choose a rank']
      : []),
  ];
  if (beyond.length > 0 || type === undefined) return { beyond };
  return {
    text: textOf(recipe, method, combine, type),
    remarks: remarksOf(recipe, method, combine),
  };
}

/** The corrected profile is of updates; where all of a sum is kept, the ranks are side by side. */
function combineOf({ adapters, output }: Recipe, method: MergeMethod): Combine {
  if (adapters.profile !== 'corrected') return adapters.combine;
  return output.rank === null && method.peft?.ranks ? 'ranks' : 'updates';
}

function textOf(recipe: Recipe, method: MergeMethod, combine: Combine, type: string): string {
  const { adapters, output, experts } = recipe;
  const values = experts.map((expert) => expertValues(recipe, method, expert));
  const arithmetic = resolveArithmetic(recipe.dialect, method.exceptions, recipe.arithmetic);
  const isCut = combine === 'updates';
  const rank = isCut && output.rank?.kind === 'rank' ? output.rank.rank : null;
  const clamp = isCut ? adapters.clamp : null;
  const isElected = method.elects && arithmetic.election === 'frequency';
  const density = 'density' in method.params.perModel ? values[0]['density'] : null;
  const lines = [
    `adapters=[${experts.map(({ model }) => quoted(model.name)).join(', ')}]`,
    `weights=[${values.map(({ weight }) => decimal(Number(weight))).join(', ')}]`,
    `adapter_name=${quoted(output.name)}`,
    `combination_type=${quoted(type)}`,
    ...(rank === null ? [] : [`svd_rank=${rank}`]),
    ...(clamp === null ? [] : [`svd_clamp=${decimal(clamp)}`]),
    ...(density === null ? [] : [`density=${decimal(Number(density))}`]),
    ...(isElected ? [`majority_sign_method="frequency"`] : []),
  ];
  return `model.add_weighted_adapter(\n${lines.map((line) => `    ${line},\n`).join('')})\n`;
}

function remarksOf({ adapters }: Recipe, method: MergeMethod, combine: Combine): readonly string[] {
  const isDrawn = Object.values(method.params.global).some(({ kind }) => kind === 'seed');
  return [
    ...(adapters.profile === 'corrected' && combine === 'updates'
      ? ['PEFT from 0.21 on makes this; up to 0.20 it scales each adapter twice.']
      : []),
    ...(isDrawn ? ['PEFT draws its own random numbers: others are dropped.'] : []),
  ];
}

const decimal = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(value));

const quoted = (text: string) => JSON.stringify(text);
