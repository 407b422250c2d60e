import { limits } from './limits.ts';

/** A place in untyped JSON, and where to say what is wrong with it. */
export type Place = {
  readonly value: unknown;
  /** "experts[1].values.weight"; empty at the root. */
  readonly path: string;
  readonly faults: Fault[];
};

export type Fault = { readonly path: string; readonly message: string };

/** Says what is wrong here and gives the value to go on with, so that all faults are found at once. */
export function fault<T>({ value, path, faults }: Place, expected: string, instead: T): T {
  return complain({ value, path, faults }, `found ${shown(value)}, expected ${expected}`, instead);
}

export function complain<T>({ path, faults }: Place, message: string, instead: T): T {
  faults.push({ path: path || 'the recipe', message });
  return instead;
}

export function readObject(place: Place, keys: readonly string[] | null): Fields {
  const { value, path, faults } = place;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return new Fields({ value: fault(place, 'an object', {}), path, faults });
  }
  for (const key of Object.keys(value)) {
    if (keys === null || keys.includes(key)) continue;
    const message = `a key that is not known here, expected one of ${keys.join(', ')}`;
    faults.push({ path: join(path, key), message });
  }
  return new Fields(place);
}

/** The members of an object that has been checked to be one. */
export class Fields {
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  keys(): readonly string[] {
    return Object.keys(this.#place.value as object);
  }

  at(key: string): Place {
    const { value, path, faults } = this.#place;
    return { value: (value as Record<string, unknown>)[key], path: join(path, key), faults };
  }
}

export function readText(place: Place): string {
  const { value } = place;
  if (typeof value !== 'string') return fault(place, 'a text', '');
  if (value.length <= limits.name) return value;
  const message = `a text of ${shownCount(value.length)} characters, expected at most ${shownCount(limits.name)}`;
  return complain(place, message, '');
}

export function readCount(place: Place): number {
  const { value } = place;
  const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return fits ? value : fault(place, 'a whole number from 0', 0);
}

export function readOneOf<T extends string>(place: Place, options: readonly T[]): T {
  const found = options.find((option) => option === place.value);
  return found ?? fault(place, `one of ${options.join(', ')}`, options[0]);
}

/** `most` is how many items there may be; none is read of a list that is longer. */
export function readList<T>(
  place: Place,
  most: number,
  readItem: (item: Place) => T,
): readonly T[] {
  const { value, path, faults } = place;
  if (!Array.isArray(value)) return fault(place, 'a list', []);
  if (value.length > most) {
    const message = `a list of ${shownCount(value.length)}, expected at most ${shownCount(most)}`;
    return complain(place, message, []);
  }
  return value.map((item: unknown, index) =>
    readItem({ value: item, path: `${path}[${index}]`, faults }),
  );
}

/** Absent members take the default. */
export function readOr<T>(place: Place, instead: T, read: (place: Place) => T): T {
  return place.value === undefined ? instead : read(place);
}

export function readNullable<T>(place: Place, read: (place: Place) => T): T | null {
  return place.value === null ? null : read(place);
}

function join(path: string, key: string): string {
  const name = key.length > 60 ? `${key.slice(0, 57)}…` : key;
  return path === '' ? name : `${path}.${name}`;
}

const shownCount = (count: number) => count.toLocaleString('en-US');

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
