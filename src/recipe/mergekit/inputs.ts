/** Which models a recipe merges: `models`, or `slices` that only say all layers of these models. */
import { found, type Located, type LocatedMap, type Place } from './located.ts';
import { isSame, nameOf, type Reference, readReference } from './reference.ts';
import { MergekitError, type Remarks } from './remarks.ts';

export type Source = { readonly model: Reference; readonly parameters: LocatedMap | null };

export type Inputs = {
  readonly sources: readonly Source[];
  /** Of the slice; null with `models`. */
  readonly parameters: LocatedMap | null;
  readonly base: Reference | null;
  readonly at: Place;
};

const kinds = ['models', 'slices', 'modules'] as const;

/** Throws MergekitError where there are none, or layers are rearranged. */
export function readInputs(recipe: LocatedMap, remarks: Remarks): Inputs {
  const given = kinds.filter((kind) => recipe.entries.has(kind));
  if (given.length !== 1) {
    const what = given.length === 0 ? 'It names no models' : `It has ${given.join(' and ')}`;
    throw new MergekitError(`${what}: expected one of models, slices and modules`, recipe);
  }
  const entry = recipe.entries.get(given[0])!;
  if (given[0] === 'modules') {
    const what =
      'modules gives parts of a model merges of their own, which cannot be expressed here yet';
    throw new MergekitError(what, entry);
  }
  const items = listOf(entry.value, given[0]);
  if (items.length === 0) throw new MergekitError(`${given[0]} is an empty list`, entry);
  if (given[0] === 'models') {
    const sources = items.map((item) => readSource(item, remarks, ['model', 'parameters']).source);
    return { sources: distinct(sources, remarks), parameters: null, base: null, at: entry };
  }
  return readSlices(items, remarks);
}

type Slice = Inputs & { readonly from: number | null; readonly to: number | null };

/** One slice, or slices of the same models that follow each other and have no parameters of their own. */
function readSlices(items: readonly Located[], remarks: Remarks): Inputs {
  const slices = items.map((item) => readSlice(item, remarks));
  const [first] = slices;
  const moved = 'layers are rearranged, which cannot be expressed here yet';
  let next: number | null = 0;
  for (const slice of slices) {
    if (slice.from !== null && slice.from !== next) {
      throw new MergekitError(
        `A slice begins at layer ${slice.from} instead of ${next}: ${moved}`,
        slice.at,
      );
    }
    next = slice.to;
    if (slice === first) continue;
    if (!isAlike(slice, first)) {
      throw new MergekitError(`A slice of other models than the first: ${moved}`, slice.at);
    }
    const own = slice.parameters ?? slice.sources.find(({ parameters }) => parameters)?.parameters;
    if (own) {
      const what =
        'A slice has parameters of its own beside other slices, which cannot be expressed here yet';
      throw new MergekitError(what, own);
    }
  }
  if (slices.length > 1) {
    const own = first.parameters ?? first.sources.find(({ parameters }) => parameters)?.parameters;
    if (own) {
      const what =
        'A slice has parameters of its own beside other slices, which cannot be expressed here yet';
      throw new MergekitError(what, own);
    }
  }
  if (next !== null) {
    remarks.add(
      'note',
      first.at,
      `Layers 0 to ${next - 1} are taken for all layers of the models; if they have more, mergekit cuts them off.`,
    );
  }
  return first;
}

function isAlike(a: Slice, b: Slice): boolean {
  const names = (slice: Slice) => slice.sources.map(({ model }) => nameOf(model)).join('\n');
  return names(a) === names(b) && (a.base && nameOf(a.base)) === (b.base && nameOf(b.base));
}

function readSlice(item: Located, remarks: Remarks): Slice {
  const slice = mapOf(item, 'A slice');
  for (const [key, entry] of slice.entries) {
    if (['sources', 'parameters', 'base_model'].includes(key)) continue;
    remarks.add('ignored', entry, `${key} is no part of a slice that counts; mergekit ignores it.`);
  }
  const sources = slice.entries.get('sources');
  if (!sources) throw new MergekitError('A slice has no sources', item);
  const read = listOf(sources.value, 'sources').map((each) =>
    readSource(each, remarks, ['model', 'parameters', 'layer_range']),
  );
  const [first] = read;
  if (!first) throw new MergekitError('A slice has no sources', item);
  const other = read.find(({ from, to }) => from !== first.from || to !== first.to);
  if (other) {
    const what =
      'The models of a slice give different layers: layers are rearranged, which cannot be expressed here yet';
    throw new MergekitError(what, other.source.model.at);
  }
  const base = slice.entries.get('base_model');
  return {
    sources: distinct(
      read.map(({ source }) => source),
      remarks,
    ),
    parameters: parametersOf(slice),
    base: base ? readReference(base.value, remarks) : null,
    at: { line: item.line, column: item.column },
    ...{ from: first.from, to: first.to },
  };
}

type ReadSource = {
  readonly source: Source;
  readonly from: number | null;
  readonly to: number | null;
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
  const [from, to] = rangeOf(map);
  return {
    source: { model: readReference(model.value, remarks), parameters: parametersOf(map) },
    ...{ from, to },
  };
}

function rangeOf(map: LocatedMap): readonly [from: number | null, to: number | null] {
  const range = map.entries.get('layer_range')?.value;
  if (!range || range.kind === 'nothing') return [null, null];
  const ends =
    range.kind === 'list'
      ? range.items.map((end) => (end.kind === 'number' ? end.value : Number.NaN))
      : [];
  const [from, to] = ends;
  if (
    ends.length === 2 &&
    Number.isInteger(from) &&
    Number.isInteger(to) &&
    from >= 0 &&
    to > from
  ) {
    return [from, to];
  }
  throw new MergekitError(
    'layer_range should be two whole numbers, the first layer and the one after the last',
    range,
  );
}

/** The map under `parameters`, of a model, a slice or the recipe. */
export function parametersOf(map: LocatedMap): LocatedMap | null {
  const entry = map.entries.get('parameters');
  if (!entry || entry.value.kind === 'nothing') return null;
  return mapOf(entry.value, 'parameters');
}

/** mergekit takes a model that is named twice for one, with the parameters that it finds first. */
function distinct(sources: readonly Source[], remarks: Remarks): readonly Source[] {
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
