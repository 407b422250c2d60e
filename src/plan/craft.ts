/** How tensors are merged: as the recipe says, or the slice that they lie in. */
import type { Model } from '../formats/model.ts';
import { type Arithmetic, resolveArithmetic } from '../methods/dialect.ts';
import type { MergeMethod } from '../methods/method.ts';
import { findMethod } from '../methods/registry.ts';
import { expertValues, globalValues, type ValuesByKey } from '../recipe/defaults.ts';
import type { Rule, Slice } from '../recipe/recipe.ts';
import { depthOf } from '../recipe/slices.ts';
import { placeOf } from './groups.ts';
import type { Match } from './match.ts';
import { type Participant, type Participants, usesBase } from './participants.ts';
import {
  type Depths,
  filterMatches,
  type Located,
  resolveExpert,
  resolveGlobal,
} from './resolve.ts';

export type Craft = {
  readonly method: MergeMethod;
  readonly arithmetic: Arithmetic;
  /** Null where the method does not compute with one. */
  readonly base: Model | null;
  /** Whether the method or a choice is another than the recipe's. */
  readonly isOwn: boolean;
  /** Parameters on one tensor, of the models that meet there. */
  valuesAt(match: Match): Values;
};

type Values = { readonly global: ValuesByKey; readonly perModel: readonly ValuesByKey[] };

/** Without slices every tensor has the recipe's. */
export function craftsOf(who: Participants, depths: Depths): (match: Match) => Craft {
  const { stack, recipe } = who;
  if (stack === null || recipe.slices === null) {
    const whole = ofRecipe(who, depths);
    return () => whole;
  }
  const all = recipe.slices.map((slice, k) => ofSlice(who, slice, stack.starts[k]));
  return ({ entry }) => all[stack.sliceOf.get(entry.name) ?? 0];
}

function ofRecipe(who: Participants, depths: Depths): Craft {
  const { recipe, method, arithmetic, base } = who;
  return {
    ...{ method, arithmetic, base, isOwn: false },
    valuesAt({ entry, place, meetings }) {
      // Found once, whatever the number of models.
      const rules = recipe.rules.filter(({ filter }) => filterMatches(filter, entry.name, place));
      const tensor: Located = { name: entry.name, place, depths };
      return {
        global: resolveGlobal(who.global, method, rules, tensor),
        perModel: meetings.map(({ expert }) =>
          resolveExpert(expert.values, method, rules, expert.ref.id, tensor),
        ),
      };
    },
  };
}

/**
 * By mergekit's rule: gradients run over the slice; parameters of a model are looked up by the name that it has for
 * the tensor, all others by the output's.
 */
function ofSlice(who: Participants, slice: Slice, start: number): Craft {
  const { recipe } = who;
  const method = findMethod(slice.method ?? recipe.method) ?? who.method;
  const isOwn = method !== who.method;
  const choices = { ...recipe.arithmetic, ...slice.arithmetic };
  const global = isOwn
    ? globalValues({ ...recipe, values: slice.values }, method)
    : { ...who.global, ...slice.values };
  const rulesBeside = (own: ValuesByKey): readonly Rule[] => [
    ...slice.rules,
    ...(isOwn ? [] : recipe.rules.filter(({ parameter }) => !Object.hasOwn(own, parameter))),
  ];
  const ofExpert = ({ ref, values }: Participant) => {
    const own = slice.sources.find(({ model }) => model === ref.id)?.values ?? {};
    const all = isOwn
      ? expertValues(recipe, method, { model: ref, values: own })
      : { ...values, ...own };
    return { values: all, rules: rulesBeside(own) };
  };
  const experts = who.experts.map(ofExpert);
  const rules = rulesBeside(slice.values);
  const depths = (stack: string | null) => new Map(stack === null ? [] : [[stack, depthOf(slice)]]);
  const located = (name: string, { place: { stack, layer } }: Match): Located => ({
    name,
    place: { ...placeOf(name), stack, layer: layer === null ? null : layer - start },
    depths: depths(stack),
  });
  return {
    ...{ method, isOwn: isOwn || Object.keys(slice.arithmetic ?? {}).length > 0 },
    base: usesBase(method, global) ? who.namedBase : null,
    arithmetic: resolveArithmetic(recipe.dialect, method.exceptions, choices),
    valuesAt: (match) => ({
      global: resolveGlobal(global, method, rules, located(match.entry.name, match)),
      perModel: match.meetings.map(({ expert, entry, tiedTo }) => {
        const { values, rules } = experts[expert.ordinal];
        // An embedding that stands in for a head is looked up as one.
        const { name } = tiedTo === null ? entry : match.entry;
        return resolveExpert(values, method, rules, expert.ref.id, located(name, match));
      }),
    }),
  };
}
