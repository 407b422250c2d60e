/** What a recipe says of some tensors only: rules, keeps and renames. */
import { blockCounts, slotsOfCount } from './blocks.ts';
import { limits } from './limits.ts';
import {
  type Fields,
  fault,
  type Place,
  readList,
  readNullable,
  readObject,
  readOneOf,
  readOr,
  readText,
} from './reader.ts';
import { type Filter, type Keep, type Rename, type Rule, tensorGroups } from './recipe.ts';

export function readRule(place: Place): Rule {
  const fields = readObject(place, ['id', 'filter', 'parameter', 'model', 'value']);
  const filter = readRuleFilter(fields.at('filter'));
  return {
    id: readText(fields.at('id')),
    filter,
    parameter: readText(fields.at('parameter')),
    model: readOr(fields.at('model'), null, (at) => readNullable(at, readText)),
    value:
      filter.kind === 'blocks' ? readBlocks(fields.at('value')) : readRuleValue(fields.at('value')),
  };
}

const filterKinds = ['contains', 'group', 'name'] as const;

function readRuleFilter(place: Place): Rule['filter'] {
  const fields = readFilterFields(place);
  const kind = readOneOf(fields.at('kind'), [...filterKinds, 'blocks']);
  return kind === 'blocks' ? { kind } : filterOf(kind, fields);
}

function readKeepFilter(place: Place): Keep['filter'] {
  const fields = readFilterFields(place);
  const kind = readOneOf(fields.at('kind'), [...filterKinds, 'misfit', 'task head']);
  return kind === 'misfit' || kind === 'task head' ? { kind } : filterOf(kind, fields);
}

const readFilterFields = (place: Place) => readObject(place, ['kind', 'text', 'group', 'name']);

function filterOf(kind: Filter['kind'], fields: Fields): Filter {
  switch (kind) {
    case 'contains':
      return { kind, text: readText(fields.at('text')) };
    case 'group':
      return { kind, group: readOneOf(fields.at('group'), tensorGroups) };
    case 'name':
      return { kind, name: readText(fields.at('name')) };
    default:
      return kind satisfies never;
  }
}

export function readKeep(place: Place): Keep {
  const fields = readObject(place, ['id', 'filter', 'from']);
  return {
    id: readText(fields.at('id')),
    filter: readKeepFilter(fields.at('filter')),
    from: readKeepFrom(fields.at('from')),
  };
}

export function readRename(place: Place): Rename {
  const fields = readObject(place, ['id', 'model', 'from', 'to']);
  return {
    id: readText(fields.at('id')),
    model: readText(fields.at('model')),
    from: readText(fields.at('from')),
    to: readText(fields.at('to')),
  };
}

function readKeepFrom(place: Place): Keep['from'] {
  const fields = readObject(place, ['kind', 'model']);
  const kind = readOneOf(fields.at('kind'), ['base', 'model', 'refuse']);
  return kind === 'model' ? { kind, model: readText(fields.at('model')) } : { kind };
}

function readRuleValue(place: Place): number | readonly number[] {
  return Array.isArray(place.value)
    ? readList(place, limits.anchors, readFinite)
    : readFinite(place);
}

function readBlocks(place: Place): readonly number[] {
  const values = readList(place, limits.anchors, readFinite);
  if (slotsOfCount(values.length) || !Array.isArray(place.value)) return values;
  return fault(place, `a list of ${blockCounts} numbers, one for each block`, values);
}

function readFinite(place: Place): number {
  const { value } = place;
  return typeof value === 'number' && Number.isFinite(value)
    ? value
    : fault(place, 'a finite number', 0);
}
