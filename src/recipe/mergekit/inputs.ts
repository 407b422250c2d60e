/** Which models a recipe merges: `models`, `slices` that say which of their layers, or `modules`, each part with its own. */
import type { MergekitBase } from '../../methods/mergekit.ts';
import { limits } from '../limits.ts';
import { found, type Located, type LocatedMap, type Place } from './located.ts';
import { type ModuleInput, modelsOf, readModules } from './modules.ts';
import { isSame, nameOf, type Reference, readReference } from './reference.ts';
import { MergekitError, type Remarks } from './remarks.ts';

export type Source = { readonly model: Reference; readonly parameters: LocatedMap | null };

export type Inputs = {
  /** Each model once. Of several slices none has parameters here. */
  readonly sources: readonly Source[];
  /** Of the slice, where there is one alone. */
  readonly parameters: LocatedMap | null;
  /** That slices name; null where none does. */
  readonly base: Reference | null;
  /** Null without `slices`. */
  readonly slices: readonly SliceInput[] | null;
  /** Null without `modules`; the sources have no parameters then. */
  readonly modules: readonly ModuleInput[] | null;
  readonly at: Place;
};

/** Layers [from, to). */
export type SliceSourceInput = Source & { readonly from: number; readonly to: number };

export type SliceInput = {
  readonly sources: readonly SliceSourceInput[];
  readonly parameters: LocatedMap | null;
  readonly base: Reference | null;
  readonly at: Place;
};

const kinds = ['models', 'slices', 'modules'] as const;

/** `role` is what a base is to the method, `top` the recipe's. Throws MergekitError where there are no models. */
export function readInputs(
  recipe: LocatedMap,
  role: MergekitBase,
  top: Reference | null,
  remarks: Remarks,
): Inputs {
  const given = kinds.filter((kind) => recipe.entries.has(kind));
  if (given.length !== 1) {
    const what = given.length === 0 ? 'It names no models' : `It has ${given.join(' and ')}`;
    throw new MergekitError(`${what}: expected one of models, slices and modules`, recipe);
  }
  const entry = recipe.entries.get(given[0])!;
  if (given[0] === 'modules') {
    const modules = readModules(
      mapOf(entry.value, 'modules'),
      (own) => readModels(listOf(own.entries.get('models')!.value, 'models'), remarks),
      parametersOf,
      remarks,
    );
    const sources = modelsOf(modules).map((model) => ({ model, parameters: null }));
    return { ...nothing, sources, modules, at: entry };
  }
  const items = listOf(entry.value, given[0]);
  if (items.length === 0) throw new MergekitError(`${given[0]} is an empty list`, entry);
  const most = given[0] === 'models' ? limits.experts : limits.slices;
  if (items.length > most) {
    const what = `The recipe has ${items.length} ${given[0]}; at most ${most} are read`;
    throw new MergekitError(what, items[most]);
  }
  if (given[0] === 'models') {
    return { ...nothing, sources: readModels(items, remarks), at: entry };
  }
  return readSlices(items, role, top, remarks);
}

const nothing = { parameters: null, base: null, slices: null, modules: null } as const;

function readModels(items: readonly Located[], remarks: Remarks): readonly Source[] {
  const sources = items.map((item) => readSource(item, remarks, ['model', 'parameters']).source);
  return distinct(sources, remarks);
}

function readSlices(
  items: readonly Located[],
  role: MergekitBase,
  top: Reference | null,
  remarks: Remarks,
): Inputs {
  const slices = items.map((item) => readSlice(item, remarks));
  const [first] = slices;
  const isIdle = role === 'listed' || role === 'among';
  const base = isIdle ? null : commonBase(slices, top);
  if (isIdle) remarkBases(slices, role, remarks);
  if (slices.length === 1) return { ...first, base, slices, modules: null };
  checkEnds(slices, remarks);
  // In the order in which they are merged: that of the slice with the most of them.
  const all = slices
    .toSorted((one, two) => two.sources.length - one.sources.length)
    .flatMap(({ sources }) => sources);
  const isFirst = (source: Source, k: number) =>
    all.findIndex(({ model }) => isSame(model, source.model)) === k;
  const models = all.filter(isFirst).map(({ model }) => ({ model, parameters: null }));
  return { ...nothing, sources: models, base, slices, at: first.at };
}

/** The one base of all slices, their own or the recipe's. Throws MergekitError where there are several. */
function commonBase(slices: readonly SliceInput[], top: Reference | null): Reference | null {
  const bases = slices.flatMap(({ base }) => base ?? top ?? []);
  const other = bases.find((base) => !isSame(base, bases[0]));
  if (other) {
    const what = `base_model ${nameOf(other)} beside ${nameOf(bases[0])}: one recipe here has one base. Write two recipes with --- between, each with a name, its base and its slices, and a third that puts the layers of both results together by passthrough`;
    throw new MergekitError(what, other.at);
  }
  return bases[0] ?? null;
}

/** Where nothing is computed from a base, one of a slice is only one of its models. */
function remarkBases(slices: readonly SliceInput[], role: MergekitBase, remarks: Remarks): void {
  for (const { base, sources } of slices) {
    if (!base) continue;
    if (role === 'among' || sources.some(({ model }) => isSame(model, base))) {
      remarks.add(
        'ignored',
        base.at,
        'The base_model of a slice changes no number of this method.',
      );
    } else {
      const what = `The base_model ${nameOf(base)} of the slice is not among its sources, where mergekit stops; it is left out.`;
      remarks.add('refused', base.at, what);
    }
  }
}

/** mergekit takes as many models of the last slice for the final norm and the head as the first slice has. */
function checkEnds(slices: readonly SliceInput[], remarks: Remarks): void {
  const [first, last] = [slices[0], slices[slices.length - 1]];
  if (first.sources.length === last.sources.length) return;
  const what = `The last slice has ${last.sources.length} ${last.sources.length === 1 ? 'model' : 'models'} and the first ${first.sources.length}: for the final norm and the head mergekit goes by the first’s number; here all of the last slice are taken.`;
  remarks.add('note', last.at, what);
}

function readSlice(item: Located, remarks: Remarks): SliceInput {
  const slice = mapOf(item, 'A slice');
  for (const [key, entry] of slice.entries) {
    if (['sources', 'parameters', 'base_model'].includes(key)) continue;
    remarks.add('ignored', entry, `${key} is no part of a slice that counts; mergekit ignores it.`);
  }
  const entry = slice.entries.get('sources');
  if (!entry) throw new MergekitError('A slice has no sources', item);
  const read = listOf(entry.value, 'sources').map((each) => {
    const { source, range } = readSource(each, remarks, ['model', 'parameters', 'layer_range']);
    if (range === null) {
      const what = `${nameOf(source.model)} has no layer_range, without which mergekit reads no slice`;
      throw new MergekitError(what, source.model.at);
    }
    return { ...source, ...range };
  });
  const sources = distinct(read, remarks);
  const [first] = sources;
  if (!first) throw new MergekitError('A slice has no sources', item);
  const layers = first.to - first.from;
  const other = sources.find(({ from, to }) => to - from !== layers);
  if (other) {
    const what = `${nameOf(other.model)} gives ${other.to - other.from} layers and ${nameOf(first.model)} ${layers}: mergekit stops where they are not as many`;
    throw new MergekitError(what, other.model.at);
  }
  const base = slice.entries.get('base_model');
  return {
    sources,
    parameters: parametersOf(slice),
    base: base ? readReference(base.value, remarks) : null,
    at: { line: item.line, column: item.column },
  };
}

type ReadSource = {
  readonly source: Source;
  /** Null without a layer_range. */
  readonly range: { readonly from: number; readonly to: number } | null;
};

function readSource(item: Located, remarks: Remarks, keys: readonly string[]): ReadSource {
  const map = mapOf(item, 'A model');
  for (const [key, entry] of map.entries) {
    if (keys.includes(key)) continue;
    const place = key === 'weight' || key === 'density' || key === 'parameter';
    const where = place ? ': it belongs under parameters' : '';
    remarks.add('ignored', entry, `${key} stands beside model, where mergekit ignores it${where}.`);
  }
  const model = map.entries.get('model');
  if (!model) throw new MergekitError('An entry names no model', item);
  return {
    source: { model: readReference(model.value, remarks), parameters: parametersOf(map) },
    range: rangeOf(map, remarks),
  };
}

function rangeOf(map: LocatedMap, remarks: Remarks): ReadSource['range'] {
  const range = map.entries.get('layer_range')?.value;
  if (!range || range.kind === 'nothing') return null;
  const ends =
    range.kind === 'list'
      ? range.items.map((end) => (end.kind === 'number' ? end.value : Number.NaN))
      : [];
  const [from, to] = ends;
  if (ends.length !== 2 || !ends.every(Number.isInteger) || from < 0) {
    throw new MergekitError(
      'layer_range should be two whole numbers, the first layer and the one after the last',
      range,
    );
  }
  if (to >= from) return { from, to };
  remarks.add(
    'ignored',
    range,
    `layer_range [${from}, ${to}] holds no layer: mergekit takes none, without a word, and writes a layer count that is ${from - to} short. For all layers write how many the model has, as [0, 32].`,
  );
  return { from, to: from };
}

/** The map under `parameters`, of a model, a slice or the recipe. */
export function parametersOf(map: LocatedMap): LocatedMap | null {
  const entry = map.entries.get('parameters');
  if (!entry || entry.value.kind === 'nothing') return null;
  return mapOf(entry.value, 'parameters');
}

/** mergekit takes a model that is named twice for one, with the parameters that it finds first. */
function distinct<T extends Source>(sources: readonly T[], remarks: Remarks): readonly T[] {
  return sources.filter(({ model }, index) => {
    const isFirst = sources.findIndex((other) => isSame(other.model, model)) === index;
    if (!isFirst)
      remarks.add(
        'ignored',
        model.at,
        `${nameOf(model)} is named again; mergekit takes it for one model.`,
      );
    return isFirst;
  });
}

function listOf(value: Located, what: string): readonly Located[] {
  if (value.kind === 'list') return value.items;
  throw new MergekitError(`${what} should be a list; found ${found(value)}`, value);
}

export function mapOf(value: Located, what: string): LocatedMap {
  if (value.kind === 'map') return value;
  throw new MergekitError(
    `${what} should be a map of names and values; found ${found(value)}`,
    value,
  );
}
