/** Slices as mergekit's `slices`. */
import type { Dialect } from '../../methods/dialect.ts';
import type { MergekitMethod } from '../../methods/in-mergekit.ts';
import { expertValues, type ValuesByKey } from '../defaults.ts';
import type { ModelRef, Recipe, Rule, Slice, SliceSource } from '../recipe.ts';
import { membersOf } from '../series.ts';
import { ownChoices } from './choices-yaml.ts';
import type { Yaml } from './emit.ts';
import { type Notes, ownParameters, parametersOf, under } from './parameters-yaml.ts';

type Sliced = Recipe & { readonly slices: readonly Slice[] };

/** What a slice says itself stands in it; what models have in the recipe at the top if it is one for all, else in each. */
export function slicesYaml(
  recipe: Sliced,
  method: MergekitMethod,
  version: Dialect,
  nameOf: (model: ModelRef) => Yaml,
  notes: Notes,
): readonly Yaml[] {
  const { experts, slices } = recipe;
  const known = new Map(membersOf(recipe).map((ref) => [ref.id, ref]));
  const order = [...known.keys()];
  const isShared = sharedValues(recipe, method) !== null;
  const ofSource = (slice: Slice, { model, values }: SliceSource): Record<string, Yaml> => {
    const expert = experts.find((each) => each.model.id === model);
    if (!expert) return {};
    if (isShared) return ownParameters(slice.rules, method, values, model, notes);
    const all = { ...expertValues(recipe, method, expert), ...values };
    return parametersOf(rulesFor(recipe, slice, values), method, all, model, notes);
  };
  return slices.map((slice, k): Yaml => {
    if (slice.method !== null && slice.method !== method.id) {
      notes.beyond.push(`slice ${k + 1} has a method of its own; mergekit has one for all`);
    }
    const sources = slice.sources
      .toSorted((a, b) => order.indexOf(a.model) - order.indexOf(b.model))
      .map((source) => {
        const ref = known.get(source.model);
        if (!ref)
          notes.beyond.push(`slice ${k + 1} has layers of a model that is not in the recipe`);
        return {
          model: ref ? nameOf(ref) : source.model,
          layer_range: [source.from, source.to],
          ...under(ofSource(slice, source)),
        };
      });
    return {
      sources,
      ...under({
        ...ownParameters(slice.rules, method, slice.values, null, notes),
        ...ownChoices(slice.arithmetic ?? {}, method, version),
      }),
    };
  });
}

/** Values of a model for the recipe's top, where with slices all models have the same; else null. */
export function sharedValues(recipe: Recipe, method: MergekitMethod): ValuesByKey | null {
  const { slices, experts, rules } = recipe;
  const names = Object.keys(method.params.perModel);
  const ofOne = rules.some(
    ({ model, parameter }) => model !== null && names.includes(parameter) && experts.length > 1,
  );
  if (slices === null || ofOne) return null;
  const [first, ...others] = experts.map((expert) => expertValues(recipe, method, expert));
  const isSame = (one: ValuesByKey) => names.every((name) => one[name] === first[name]);
  return others.every(isSame) ? first : null;
}

/** Those of the slice, then the recipe's on what the slice gives no value. */
function rulesFor(
  { rules }: Pick<Recipe, 'rules'>,
  slice: Slice,
  own: ValuesByKey,
): readonly Rule[] {
  return [...slice.rules, ...rules.filter(({ parameter }) => !Object.hasOwn(own, parameter))];
}
