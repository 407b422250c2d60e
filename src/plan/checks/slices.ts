/** Slices that cannot be stacked, and what of them may not be meant. */
import type { MergeMethod } from '../../methods/method.ts';
import { misfit } from '../../methods/params.ts';
import { findMethod } from '../../methods/registry.ts';
import { globalValues } from '../../recipe/defaults.ts';
import type { Recipe, Slice } from '../../recipe/recipe.ts';
import { depthOf, layersIn } from '../../recipe/slices.ts';
import { count, error, list, note, warning } from '../finding.ts';
import { type Participants, usesBase } from '../participants.ts';
import { numbersThatMoved } from '../stack/config.ts';
import { layerStacks } from '../stack/layer-stack.ts';
import type { Finding } from '../types.ts';

/** "Slice 2" */
const called = (index: number) => `Slice ${index + 1}`;
const placeOf = (index: number, model?: string) => ({
  slice: index,
  ...(model === undefined ? {} : { model }),
});

/** What can be said before the models are looked at: who is in which slice, and whether its method can take them. */
export function checkSliceMembers(recipe: Recipe, method: MergeMethod): readonly Finding[] {
  const { slices } = recipe;
  if (slices === null) return [];
  const findings = slices.flatMap((slice, k) => checkMembers(recipe, slice, k, method));
  for (const { model } of recipe.experts) {
    if (slices.some(({ sources }) => sources.some((each) => each.model === model.id))) continue;
    const message = `No slice takes layers of ${model.name}: it has no part in the output.`;
    const place = { model: model.id };
    const fix = { kind: 'remove-expert', label: `Remove ${model.name}`, model: model.id } as const;
    const advice = 'Add it to a slice, or remove it.';
    findings.push(note('slice-unused', message, advice, { place, fixes: [fix] }));
  }
  if (layersIn(slices) === 0) {
    const message = `The slices have no layers: the output would be embeddings and a head.`;
    findings.push(
      error('slices-empty', message, 'Give a slice layers, or take the models as they are.'),
    );
  }
  if (recipe.output.as === 'adapter') {
    const message =
      'An adapter has the layers of its base; these slices make another stack of layers.';
    const fixes = [
      { kind: 'set-output-as', label: 'Write a model', value: 'model' } as const,
      noSlices,
    ];
    findings.push(error('slices-adapter', message, 'Write a model.', { fixes }));
  }
  if (recipe.keeps.some(({ filter }) => filter.kind === 'task head')) {
    const message =
      'The head of one model is kept, and slices already say whose head the output has.';
    const advice = 'Remove that rule under Kept tensors; the last slice gives the head.';
    findings.push(error('slices-head', message, advice));
  }
  return findings;
}

const noSlices = { kind: 'set-slices', label: 'Take the layers as they are', value: null } as const;

function checkMembers(
  recipe: Recipe,
  slice: Slice,
  index: number,
  ofRecipe: MergeMethod,
): Finding[] {
  const { base, experts } = recipe;
  const method = findMethod(slice.method ?? recipe.method) ?? ofRecipe;
  const { values } = method === ofRecipe ? recipe : { values: {} };
  const global = globalValues({ ...recipe, values: { ...values, ...slice.values } }, method);
  const computesWithBase = usesBase(method, global);
  const isExpert = (id: string) => experts.some(({ model }) => model.id === id);
  const isBase = (id: string) => base?.id === id;
  const findings: Finding[] = [];
  const who = called(index);
  const ids = slice.sources.map(({ model }) => model);
  for (const id of ids) {
    if (isExpert(id) || isBase(id)) continue;
    const message = `${who} takes layers of ${id}, which is not in the recipe.`;
    findings.push(
      error('slice-model', message, 'Choose a model of the recipe.', { place: placeOf(index, id) }),
    );
  }
  const merged = ids.filter((id) => isExpert(id) && !(computesWithBase && isBase(id)));
  const [least, most] = method.arity.models;
  if (merged.length > most) {
    const message = `${who} has ${count(merged.length, 'model')}; ${method.title} takes ${least === most ? 'exactly' : 'at most'} ${most}.`;
    const advice = 'Remove models from the slice, or give it another method.';
    findings.push(error('slice-arity', message, advice, { place: placeOf(index) }));
  }
  if (computesWithBase && merged.length > 0 && !ids.some(isBase)) {
    const message = `${who} lacks the base, which ${method.title} computes with${base ? `: ${base.name}` : ''}.`;
    const advice =
      'Add the base to the slice, with the layers that the others were fine-tuned from; mergekit stops there, too.';
    findings.push(error('slice-base', message, advice, { place: placeOf(index) }));
  }
  const loose = ids.find((id) => isBase(id) && !isExpert(id));
  if (
    loose &&
    !computesWithBase &&
    (ids.length > 1 || Object.keys(slice.sources[0].values).length > 0)
  ) {
    const message = `${who} merges ${base!.name} as ${method.title} does, and it is the base only.`;
    const advice = 'Add it to the experts as well.';
    findings.push(error('slice-base-merged', message, advice, { place: placeOf(index, loose) }));
  }
  return [...findings, ...checkValues(slice, index, method)];
}

function checkValues(slice: Slice, index: number, { params }: MergeMethod): readonly Finding[] {
  const all = [
    ...Object.entries(slice.values).map(([key, value]) => [key, value, params.global] as const),
    ...slice.sources.flatMap(({ values }) =>
      Object.entries(values).map(([key, value]) => [key, value, params.perModel] as const),
    ),
    ...slice.rules.flatMap(({ parameter, value }) =>
      [value]
        .flat()
        .map((each) => [parameter, each, { ...params.global, ...params.perModel }] as const),
    ),
  ];
  return all.flatMap(([key, value, schema]) => {
    const why = Object.hasOwn(schema, key) ? misfit(schema[key], value) : null;
    if (!why) return [];
    const place = { ...placeOf(index), parameter: key };
    return [
      error('value-misfit', `${called(index)}: ${why}.`, 'Choose a value within the limits.', {
        place,
      }),
    ];
  });
}

/** What the models have to say: ranges that do not exist, and models whose layers cannot be told apart. */
export function checkStack(who: Participants): readonly Finding[] {
  const { recipe, stack } = who;
  if (stack === null || recipe.slices === null) return [];
  const models = modelsIn(who);
  const odd = [...models.values()].flatMap((each) => checkModel(each, stack.name));
  if (odd.length > 0) return odd;
  return [
    ...recipe.slices.flatMap((slice, k) => checkRanges(slice, k, models)),
    ...checkLast(recipe.slices, models),
    ...checkEnds(recipe.slices, models),
    ...checkKinds(who),
  ];
}

type Sliced = {
  readonly id: string;
  readonly name: string;
  readonly tensors: Parameters<typeof layerStacks>[0];
  readonly components: number;
};

/** The models that slices take layers of. */
function modelsIn({
  recipe,
  experts,
  namedBase,
  reference,
}: Participants): ReadonlyMap<string, Sliced> {
  const ids = new Set(recipe.slices?.flatMap(({ sources }) => sources.map(({ model }) => model)));
  const all = [
    ...(namedBase ? [{ model: namedBase, tensors: namedBase.tensors }] : []),
    ...experts.map(({ model, unstacked, adapted }) => ({
      model,
      tensors: adapted ? reference.tensors : unstacked,
    })),
  ];
  return new Map(
    all
      .filter(({ model }) => ids.has(model.id))
      .map(({ model: { id, name, files }, tensors }) => {
        const components = files.filter(({ component }) => component !== '').length;
        return [id, { id, name, tensors, components }];
      }),
  );
}

function checkModel(
  { id, name, tensors, components }: Sliced,
  expected: string,
): readonly Finding[] {
  const stacks = layerStacks(tensors);
  const place = { model: id };
  const fixes = [noSlices];
  const advice = 'Take its layers as they are.';
  if (components > 0) {
    const message = `${name} consists of components in folders of their own; layers are arranged in models of one.`;
    return [error('slice-stack', message, advice, { place, fixes })];
  }
  if (stacks.length > 1) {
    const found = list(stacks.map((each) => `${each.name} (${each.depth})`));
    const message = `${name} has ${count(stacks.length, 'stack')} of layers, ${found}; layers are arranged in models of one.`;
    return [error('slice-stack', message, advice, { place, fixes })];
  }
  if (stacks.length === 0) {
    const message = `No tensor of ${name} has a layer number in its name.`;
    return [error('slice-stack', message, advice, { place, fixes })];
  }
  if (stacks[0].name === expected) return [];
  const message = `The layers of ${name} are ${stacks[0].name}; those of the first model are ${expected}.`;
  return [error('slice-stack', message, 'Rename them under Tensor names.', { place })];
}

function checkRanges(
  slice: Slice,
  index: number,
  models: ReadonlyMap<string, Sliced>,
): readonly Finding[] {
  return slice.sources.flatMap(({ model: id, from, to }): readonly Finding[] => {
    const model = models.get(id);
    const [stack] = model ? layerStacks(model.tensors) : [];
    if (!model || !stack || to <= stack.depth) return [];
    const asked = to - from <= 1 ? `layer ${from}` : `layers ${from} to ${to - 1}`;
    const message = `${called(index)} takes ${asked} of ${model.name}, which has ${count(stack.depth, 'layer')}, 0 to ${stack.depth - 1}.`;
    const advice = `Let it end at layer ${stack.depth - 1} or before.`;
    return [error('slice-range', message, advice, { place: placeOf(index, id) })];
  });
}

/** A range that ends one short is an easy mistake, and a model without its last layer hardly speaks. */
function checkLast(
  slices: readonly Slice[],
  models: ReadonlyMap<string, Sliced>,
): readonly Finding[] {
  const index = slices.findLastIndex((slice) => depthOf(slice) > 0);
  const early = slices[index].sources.flatMap(({ model: id, to }) => {
    const model = models.get(id);
    const depth = model ? layerStacks(model.tensors)[0].depth : to;
    return model && to < depth ? [{ model, to, depth }] : [];
  });
  if (early.length < slices[index].sources.length) return [];
  const [{ model, to, depth }] = early;
  const message = `${called(index)} ends the layers with layer ${to - 1} of ${model.name}, whose last is ${depth - 1}.`;
  const advice = 'Check that no range is one short: mergekit’s end before their second number.';
  return [warning('slice-last-layer', message, advice, { place: placeOf(index, model.id) })];
}

/** Whose embeddings and head the output gets, where the models differ. */
function checkEnds(
  slices: readonly Slice[],
  models: ReadonlyMap<string, Sliced>,
): readonly Finding[] {
  const names = ({ sources }: Slice) =>
    sources.map(({ model }) => models.get(model)?.name ?? model).join(' and ');
  const [first, last] = [slices[0], slices[slices.length - 1]].map(names);
  if (first === last) return [];
  const message = `Embeddings come from ${first}, the final norm and the head from ${last}: of the first and the last slice.`;
  const empty = slices.filter((slice) => depthOf(slice) === 0).length;
  const advice = empty
    ? 'As chosen by a slice without layers.'
    : 'To take them from another model, put a slice of it without layers there.';
  return [note('slice-ends', message, advice)];
}

function checkKinds(who: Participants): readonly Finding[] {
  const fields = numbersThatMoved(who);
  if (fields.length === 0) return [];
  const message = `config.json of ${who.donors.config.name} says by ${list(fields)} what a layer is from its number, and layers have other numbers now: some may be run as another kind.`;
  const advice = 'Check config.json of the output; layers of one kind are not concerned.';
  return [warning('slice-kinds', message, advice, { place: { model: who.donors.config.id } })];
}
