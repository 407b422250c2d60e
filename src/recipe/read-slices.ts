/** Which layers of which models a recipe stacks. */
import type { MergeMethod } from '../methods/method.ts';
import { findMethod, methods } from '../methods/registry.ts';
import { limits } from './limits.ts';
import { readArithmetic } from './read-arithmetic.ts';
import { readRule } from './read-rules.ts';
import { readValues } from './read-values.ts';
import {
  complain,
  fault,
  type Place,
  readCount,
  readList,
  readNullable,
  readObject,
  readOr,
  readText,
} from './reader.ts';
import type { Slice, SliceSource } from './recipe.ts';
import { layersIn, layersOf } from './slices.ts';

/** `method` is the recipe's; null where it is not known. At least one slice, and each of at least one source. */
export function readSlices(place: Place, method: MergeMethod | null): readonly Slice[] {
  const slices = readList(place, limits.slices, (at) => readSlice(at, method));
  if (slices.length === 0 && Array.isArray(place.value)) fault(place, 'at least one slice', null);
  if (layersIn(slices) > limits.layers) {
    complain(place, `layers beyond the ${limits.layers.toLocaleString('en-US')}th`, null);
  }
  return slices;
}

function readSlice(place: Place, ofRecipe: MergeMethod | null): Slice {
  const fields = readObject(place, ['id', 'sources', 'method', 'values', 'arithmetic', 'rules']);
  const own = readOr(fields.at('method'), null, (at) => readNullable(at, readMethod));
  const method = own === null ? ofRecipe : findMethod(own);
  const perModel = method?.params.perModel ?? null;
  const sources = readList(fields.at('sources'), limits.experts, (at) => readSource(at, perModel));
  checkSources(fields.at('sources'), sources);
  const arithmetic = readOr(fields.at('arithmetic'), {}, readArithmetic);
  return {
    id: readText(fields.at('id')),
    sources,
    method: own,
    values: readOr(fields.at('values'), {}, (at) => readValues(at, method?.params.global ?? null)),
    ...(Object.keys(arithmetic).length > 0 ? { arithmetic } : {}),
    rules: readOr(fields.at('rules'), [], (at) => readList(at, limits.rules, readRule)),
  };
}

function readMethod(place: Place): string {
  const id = readText(place);
  return findMethod(id)
    ? id
    : fault(place, `one of ${methods.map((each) => each.id).join(', ')}`, '');
}

function readSource(place: Place, perModel: Parameters<typeof readValues>[1]): SliceSource {
  const fields = readObject(place, ['model', 'from', 'to', 'values']);
  const [from, to] = [fields.at('from'), fields.at('to')].map(readCount);
  if (from > to) fault(fields.at('to'), `a layer from ${from}`, null);
  return {
    model: readText(fields.at('model')),
    ...{ from, to },
    values: readOr(fields.at('values'), {}, (at) => readValues(at, perModel)),
  };
}

function checkSources(place: Place, sources: readonly SliceSource[]): void {
  if (!Array.isArray(place.value)) return;
  const [first] = sources;
  if (!first) {
    fault(place, 'at least one source', null);
    return;
  }
  const uneven = sources.find((source) => layersOf(source) !== layersOf(first));
  if (uneven) {
    const message = `${uneven.model} gives ${layersOf(uneven)} layers and ${first.model} ${layersOf(first)}: expected as many of each`;
    complain(place, message, null);
  }
  const twice = sources.find((source, k) => sources.findIndex(isOf(source)) < k);
  if (twice) complain(place, `${twice.model} is there twice`, null);
}

const isOf =
  ({ model }: SliceSource) =>
  (other: SliceSource) =>
    other.model === model;
