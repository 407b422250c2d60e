import { slotsOf } from '../lora/pair/slots.ts';
import type { MergeMethod } from '../methods/method.ts';
import type { ParamSchema } from '../methods/params.ts';
import { slotsOfCount } from '../recipe/blocks.ts';
import type { ValuesByKey } from '../recipe/defaults.ts';
import type { Keep, Recipe, Rule } from '../recipe/recipe.ts';
import { placeOf, type TensorPlace } from './groups.ts';

/** Number of layers of each stack of the output: highest layer number + 1. */
export type Depths = ReadonlyMap<string, number>;

export function depthsOf(places: Iterable<TensorPlace>): Depths {
  const depths = new Map<string, number>();
  for (const { stack, layer } of places) {
    if (stack === null || layer === null) continue;
    depths.set(stack, Math.max(depths.get(stack) ?? 0, layer + 1));
  }
  return depths;
}

/** Whether a tensor is among those that a filter means. */
export function filterMatches(filter: Rule['filter'], name: string, place: TensorPlace): boolean {
  switch (filter.kind) {
    case 'contains':
      return name.includes(filter.text);
    case 'group':
      return place.group === filter.group;
    case 'name':
      return name === filter.name;
    case 'blocks':
      return slotsOf(name).length > 0;
    default:
      return filter satisfies never;
  }
}

/** The first rule that keeps a tensor of this name; null when it is to be merged. */
export function keepNamed(
  { keeps }: Pick<Recipe, 'keeps'>,
  name: string,
  what: { readonly isMisfit: boolean; readonly isTaskHead: () => boolean },
): Keep | null {
  const rule = keeps.find(({ filter }) => {
    if (filter.kind === 'misfit') return what.isMisfit;
    if (filter.kind === 'task head') return what.isTaskHead();
    return filterMatches(filter, name, placeOf(name));
  });
  return rule === undefined || rule.from.kind === 'refuse' ? null : rule;
}

/**
 * The number a rule sets on one tensor, or null when it does not apply to it; of block weights the number that the
 * parameter's own value is multiplied by. A gradient runs over the
 * depth of the tensor's own stack: first anchor at the first layer, last anchor at the last, linear in
 * between; a single layer takes the last anchor, as in mergekit. Tensors outside the layers (embeddings, final norm,
 * head) have no depth, so a gradient never applies to them. (mergekit gives them the first anchor.)
 */
export function ruleValue(
  rule: Rule,
  name: string,
  place: TensorPlace,
  depths: Depths,
): number | null {
  if (!filterMatches(rule.filter, name, place)) return null;
  if (typeof rule.value === 'number') return rule.value;
  if (rule.filter.kind === 'blocks') return ofSlot(rule.value, name);
  if (place.stack === null || place.layer === null || rule.value.length === 0) return null;
  return onGradient(rule.value, place.layer, depths.get(place.stack) ?? 1);
}

/** The number for the slot that the tensor lies in; null where it lies in none of theirs. */
function ofSlot(values: readonly number[], name: string): number | null {
  const own = slotsOf(name);
  const slot = slotsOfCount(values.length)?.findIndex((each) => own.includes(each)) ?? -1;
  return slot < 0 ? null : values[slot];
}

/** Linear interpolation between `anchors` spread evenly over `layers` layers. */
export function onGradient(anchors: readonly number[], layer: number, layers: number): number {
  const depth = layers > 1 ? layer / (layers - 1) : 1;
  const position = depth * (anchors.length - 1);
  const left = Math.min(Math.trunc(position), anchors.length - 1);
  const right = Math.min(left + 1, anchors.length - 1);
  const fraction = position - left;
  return fraction === 0
    ? anchors[left]
    : (1 - fraction) * anchors[left] + fraction * anchors[right];
}

/** Where a tensor lies, as rules see it. */
export type Located = {
  readonly name: string;
  readonly place: TensorPlace;
  readonly depths: Depths;
};

/** Global parameters on one tensor: the recipe's, overridden by the first rule that applies. */
export function resolveGlobal(
  values: ValuesByKey,
  method: MergeMethod,
  rules: readonly Rule[],
  tensor: Located,
): ValuesByKey {
  const apply = rules.filter((rule) => rule.model === null);
  return override(values, method.params.global, apply, tensor);
}

/** One expert's parameters on one tensor; rules for another expert are passed over. */
export function resolveExpert(
  values: ValuesByKey,
  method: MergeMethod,
  rules: readonly Rule[],
  model: string,
  tensor: Located,
): ValuesByKey {
  const apply = rules.filter((rule) => rule.model === null || rule.model === model);
  return override(values, method.params.perModel, apply, tensor);
}

function override(
  values: ValuesByKey,
  schema: ParamSchema,
  rules: readonly Rule[],
  { name, place, depths }: Located,
): ValuesByKey {
  if (rules.length === 0) return values;
  const result = { ...values };
  const settled = new Set<string>();
  for (const rule of rules) {
    const param = schema[rule.parameter];
    if (param?.kind !== 'number' || settled.has(rule.parameter)) continue;
    const found = ruleValue(rule, name, place, depths);
    if (found === null) continue;
    const value = rule.filter.kind === 'blocks' ? Number(values[rule.parameter]) * found : found;
    result[rule.parameter] = param.integer ? Math.round(value) : value;
    settled.add(rule.parameter);
  }
  return result;
}
