/** Slices as mergekit's `slices`. */
import type { Dialect } from '../../methods/dialect.ts';
import type { MergekitMethod } from '../../methods/in-mergekit.ts';
import { expertValues, globalValues, type ValuesByKey } from '../defaults.ts';
import type { ModelRef, Recipe, Rule, Slice } from '../recipe.ts';
import { ownChoices } from './choices-yaml.ts';
import type { Yaml } from './emit.ts';
import { type Notes, parametersOf, under } from './parameters-yaml.ts';

type Sliced = Recipe & { readonly slices: readonly Slice[] };

/** What holds for one model stands under its source, by the slice or else by the recipe. */
export function slicesYaml(
  recipe: Sliced,
  method: MergekitMethod,
  version: Dialect,
  nameOf: (model: ModelRef) => Yaml,
  notes: Notes,
): readonly Yaml[] {
  const { base, experts, slices } = recipe;
  const known = new Map(
    [...(base ? [base] : []), ...experts.map(({ model }) => model)].map((ref) => [ref.id, ref]),
  );
  const order = [...known.keys()];
  return slices.map((slice, k): Yaml => {
    if (slice.method !== null && slice.method !== method.id) {
      notes.beyond.push(`slice ${k + 1} has a method of its own; mergekit has one for all`);
    }
    const sources = slice.sources
      .toSorted((a, b) => order.indexOf(a.model) - order.indexOf(b.model))
      .map(({ model, from, to, values }) => {
        const ref = known.get(model);
        if (!ref)
          notes.beyond.push(`slice ${k + 1} has layers of a model that is not in the recipe`);
        const expert = experts.find((each) => each.model.id === model);
        const all = expert && { ...expertValues(recipe, method, expert), ...values };
        return {
          model: ref ? nameOf(ref) : model,
          layer_range: [from, to],
          ...(all
            ? under(parametersOf(rulesFor(recipe, slice, values), method, all, model, notes))
            : {}),
        };
      });
    // What the only slice says stands at the top.
    return {
      sources,
      ...(slices.length === 1 ? {} : under(ofMerge(recipe, slice, method, version, notes))),
    };
  });
}

/** The recipe's values, rules and choices for the whole merge, with those of its only slice. */
export function ofWhole(recipe: Recipe): Pick<Recipe, 'values' | 'rules' | 'arithmetic'> {
  const { slices, values, rules, arithmetic } = recipe;
  if (slices?.length !== 1) return { values, rules, arithmetic };
  const [slice] = slices;
  return {
    arithmetic: { ...arithmetic, ...slice.arithmetic },
    values: { ...values, ...slice.values },
    rules: rulesFor(recipe, slice, slice.values),
  };
}

/** Those of the slice, then the recipe's on what the slice gives no value. */
function rulesFor(
  { rules }: Pick<Recipe, 'rules'>,
  slice: Slice,
  own: ValuesByKey,
): readonly Rule[] {
  return [...slice.rules, ...rules.filter(({ parameter }) => !Object.hasOwn(own, parameter))];
}

/** Parameters of the merge that a slice says something of; all others stand at the top. */
function ofMerge(
  recipe: Sliced,
  slice: Slice,
  method: MergekitMethod,
  version: Dialect,
  notes: Notes,
): Record<string, Yaml> {
  const said = new Set([
    ...Object.keys(slice.values),
    ...slice.rules.map(({ parameter }) => parameter),
  ]);
  const values = { ...globalValues(recipe, method), ...slice.values };
  const own = Object.keys(method.params.global).filter((key) => said.has(key));
  return {
    ...parametersOf(rulesFor(recipe, slice, slice.values), method, values, null, notes, own),
    ...ownChoices(slice.arithmetic ?? {}, method, version),
  };
}
