/** What a recipe says of the output: its form, whose adapter it is, and what is extracted. */
import { combines } from '../methods/combine.ts';
import { emptyRecipe } from './defaults.ts';
import { readRankRule } from './read-rank-rule.ts';
import {
  fault,
  type Place,
  readCount,
  readList,
  readNullable,
  readObject,
  readOneOf,
  readOr,
  readText,
} from './reader.ts';
import {
  type AdapterOptions,
  adapterNamings,
  type Extraction,
  extractedParts,
  type OutputOptions,
  profiles,
} from './recipe.ts';

export function readExtraction(place: Place): Extraction {
  const defaults = emptyRecipe().extraction;
  const fields = readObject(place, Object.keys(defaults));
  const most = extractedParts.length;
  return {
    parts: readOr(fields.at('parts'), defaults.parts, (at) =>
      readList(at, most, (one) => readOneOf(one, extractedParts)),
    ),
    rest: readOr(fields.at('rest'), defaults.rest, (at) =>
      readOneOf(at, ['leave out', 'write vectors', 'write all']),
    ),
  };
}

export function readAdapters(place: Place): AdapterOptions {
  const defaults = emptyRecipe().adapters;
  const fields = readObject(place, Object.keys(defaults));
  return {
    profile: readOr(fields.at('profile'), defaults.profile, (at) => readOneOf(at, profiles)),
    combine: readOr(fields.at('combine'), defaults.combine, (at) => readOneOf(at, combines)),
    clamp: readOr(fields.at('clamp'), null, (at) => readNullable(at, readShare)),
  };
}

function readShare(place: Place): number {
  const { value } = place;
  return typeof value === 'number' && value >= 0 && value <= 1
    ? value
    : fault(place, 'a number from 0 to 1', 0);
}

export function readOutput(place: Place): OutputOptions {
  const defaults = emptyRecipe().output;
  const fields = readObject(place, Object.keys(defaults));
  return {
    name: readOr(fields.at('name'), defaults.name, readText),
    dtype: readOr(fields.at('dtype'), defaults.dtype, (at) =>
      readOneOf(at, ['base', 'F32', 'F16', 'BF16']),
    ),
    shardBytes: readOr(fields.at('shardBytes'), null, (at) => readNullable(at, readCount)),
    as: readOr(fields.at('as'), defaults.as, (at) => readOneOf(at, ['model', 'adapter'])),
    rank: readOr(fields.at('rank'), null, (at) => readNullable(at, readRankRule)),
    naming: readOr(fields.at('naming'), defaults.naming, (at) => readOneOf(at, adapterNamings)),
  };
}
