/**
 * mergekit's parameter settings: a number, a gradient, or conditionals, at several levels. Which level holds, which
 * condition and which number of a gradient: as mergekit 0.1.5 looks them up.
 */
import { found, type Located, type Place } from './located.ts';
import { MergekitError, type Remarks } from './remarks.ts';

/** A number, or anchors from the first layer to the last. */
export type Amount = number | readonly number[];

export type Condition = {
  /** A part of the tensor's name. */
  readonly filter: string;
  readonly value: Amount;
};

/** Conditions in order; then what holds where none does, null for what the next level says. */
export type Setting = {
  readonly conditions: readonly Condition[];
  readonly otherwise: Amount | null;
  readonly at: Place;
};

/** Null where nothing is set. Throws MergekitError for what is no setting. */
export function readSetting(name: string, value: Located, remarks: Remarks): Setting | null {
  const at = { line: value.line, column: value.column };
  if (value.kind === 'nothing') return null;
  if (value.kind === 'map') {
    remarks.add(
      'refused',
      at,
      `${name} is a single condition outside a list, at which mergekit stops; it is taken as a list of one.`,
    );
    return readConditions(name, [value], remarks, at);
  }
  if (value.kind !== 'list') return { conditions: [], otherwise: readNumber(name, value), at };
  if (value.items.length === 0)
    throw new MergekitError(`${name} is an empty list, at which mergekit stops`, at);
  if (value.items.some(({ kind }) => kind === 'map'))
    return readConditions(name, value.items, remarks, at);
  return { conditions: [], otherwise: readGradient(name, value.items), at };
}

function readConditions(
  name: string,
  items: readonly Located[],
  remarks: Remarks,
  at: Place,
): Setting {
  const conditions: Condition[] = [];
  for (const [index, item] of items.entries()) {
    if (item.kind !== 'map') {
      throw new MergekitError(`${name} mixes conditions with ${found(item)}`, item);
    }
    for (const [key, entry] of item.entries) {
      if (key === 'filter' || key === 'value') continue;
      remarks.add('ignored', entry, `${key} is no part of a condition; mergekit ignores it.`);
    }
    const value = item.entries.get('value')?.value;
    if (!value) throw new MergekitError(`A condition of ${name} has no value`, item);
    const filter = item.entries.get('filter')?.value;
    const amount = readAmount(name, value);
    const text = !filter || filter.kind === 'nothing' ? '*' : 'text' in filter ? filter.text : null;
    if (text === null)
      throw new MergekitError(
        `The filter of ${name} should be a text; found ${found(filter!)}`,
        filter!,
      );
    if (text === '*' || text === '') {
      const rest = items[index + 1];
      if (rest)
        remarks.add(
          'ignored',
          rest,
          `This condition of ${name} comes after one that holds for all tensors: it never counts.`,
        );
      return { conditions, otherwise: amount, at };
    }
    conditions.push({ filter: text, value: amount });
  }
  return { conditions, otherwise: null, at };
}

function readAmount(name: string, value: Located): Amount {
  return value.kind === 'list' ? readGradient(name, value.items) : readNumber(name, value);
}

function readGradient(name: string, items: readonly Located[]): Amount {
  const anchors = items.map((item) => readNumber(name, item));
  return anchors.length === 1 ? anchors[0] : anchors;
}

/** Booleans are 1 and 0; a number may be a text that Python reads as one: PyYAML takes 1e-5 for a text. */
function readNumber(name: string, value: Located): number {
  if (value.kind === 'boolean') return Number(value.value);
  if (value.kind === 'number' && Number.isFinite(value.value)) return value.value;
  const text = value.kind === 'text' ? value.value.trim() : '';
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw new MergekitError(`${name} should be a number; found ${found(value)}`, value);
}

/** Levels one after the other, the nearest first: the first that yields a value holds. */
export function joined(levels: readonly (Setting | null)[]): Setting | null {
  const given = levels.flatMap((level) => (level === null ? [] : [level]));
  if (given.length === 0) return null;
  const last = given.findIndex(({ otherwise }) => otherwise !== null);
  const used = last < 0 ? given : given.slice(0, last + 1);
  return {
    conditions: used.flatMap(({ conditions }) => conditions),
    otherwise: used.at(-1)!.otherwise,
    at: given[0].at,
  };
}
