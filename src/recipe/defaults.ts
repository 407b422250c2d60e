import type { Arithmetic } from '../methods/dialect.ts';
import { defaultsIn, type MergeMethod } from '../methods/method.ts';
import type { ParamSchema, ParamValue } from '../methods/params.ts';
import { defaultsOf } from '../methods/params.ts';
import { findMethod } from '../methods/registry.ts';
import type { Expert, Recipe, Slice } from './recipe.ts';

export type ValuesByKey = Readonly<Record<string, ParamValue>>;

/** What a new user starts from: task arithmetic, the one method that rarely does harm. */
export function emptyRecipe(): Recipe {
  return {
    version: 2,
    method: 'task_arithmetic',
    dialect: 'paper',
    arithmetic: {},
    base: null,
    experts: [],
    slices: null,
    values: {},
    rules: [],
    keeps: [],
    renames: [],
    vocabulary: 'keep base rows',
    smallShare: 'refuse',
    head: 'as config',
    trimScope: 'tensor',
    donors: {},
    chatTemplate: null,
    inputDtype: 'stored',
    extraction: { parts: ['attention', 'mlp', 'other'], rest: 'leave out' },
    adapters: { profile: 'corrected', combine: 'updates', clamp: null },
    output: {
      name: 'merged-model',
      dtype: 'base',
      shardBytes: null,
      as: 'model',
      rank: null,
      naming: 'as the first adapter',
    },
    series: null,
  };
}

/**
 * Changes the method. Values, rules and dialect choices that it does not know are dropped, so that
 * nothing invisible is left in the document, and so are values whose default differs: λ scales a sum in
 * one method and a mean in the other, and no number suits both. An unknown id changes nothing.
 */
export function withMethod(recipe: Recipe, id: string): Recipe {
  const method = findMethod(id);
  if (!method) return recipe;
  const { global, perModel } = method.params;
  const before = findMethod(recipe.method)?.params ?? { global: {}, perModel: {} };
  const isNumeric = (key: string) => (global[key] ?? perModel[key])?.kind === 'number';
  const choicesIn = (arithmetic: Recipe['arithmetic']) =>
    Object.fromEntries(
      Object.entries(arithmetic).filter(([key]) =>
        (method.choices as readonly string[]).includes(key),
      ),
    );
  // Those with a method of their own stay as they are.
  const adopt = ({ arithmetic = {}, ...slice }: Slice): Slice =>
    slice.method !== null
      ? withChoices(slice, arithmetic)
      : {
          ...withChoices(slice, choicesIn(arithmetic)),
          values: known(slice.values, alike(global, before.global)),
          sources: slice.sources.map((source) => ({
            ...source,
            values: known(source.values, alike(perModel, before.perModel)),
          })),
          rules: slice.rules.filter((rule) => isNumeric(rule.parameter)),
        };
  return {
    ...recipe,
    method: method.id,
    arithmetic: choicesIn(recipe.arithmetic),
    values: known(recipe.values, alike(global, before.global)),
    experts: recipe.experts.map((e) => ({
      ...e,
      values: known(e.values, alike(perModel, before.perModel)),
    })),
    rules: recipe.rules.filter((rule) => isNumeric(rule.parameter)),
    slices: recipe.slices?.map(adopt) ?? null,
    trimScope: method.trimsWholeModel ? recipe.trimScope : 'tensor',
  };
}

/** A slice with choices of its own, where there are any. */
export function withChoices(
  { arithmetic: _, ...slice }: Slice,
  arithmetic: Partial<Arithmetic>,
): Slice {
  return Object.keys(arithmetic).length > 0 ? { ...slice, arithmetic } : slice;
}

/** Global parameters before rules: schema defaults < dialect defaults < what the recipe says. */
export function globalValues(recipe: Recipe, method: MergeMethod): ValuesByKey {
  const schema = method.params.global;
  const ofDialect = defaultsIn(method, recipe.dialect).global;
  return { ...defaultsOf(schema), ...ofDialect, ...known(recipe.values, schema) };
}

/** One expert's parameters before rules: schema defaults < dialect defaults < what the recipe says. */
export function expertValues(
  { dialect }: Pick<Recipe, 'dialect'>,
  method: MergeMethod,
  expert: Expert,
): ValuesByKey {
  const schema = method.params.perModel;
  const ofDialect = defaultsIn(method, dialect).perModel;
  return { ...defaultsOf(schema), ...ofDialect, ...known(expert.values, schema) };
}

/** The parameters that two methods have with the same default. */
function alike(schema: ParamSchema, other: ParamSchema): ParamSchema {
  return Object.fromEntries(
    Object.entries(schema).filter(([key, param]) => other[key]?.default === param.default),
  );
}

function known(values: ValuesByKey, schema: ParamSchema): ValuesByKey {
  return Object.fromEntries(Object.entries(values).filter(([key]) => Object.hasOwn(schema, key)));
}
