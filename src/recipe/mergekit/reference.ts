/** What mergekit calls a model: `path@revision+adapter@revision`, or the same as a map. */
import { found, type Located, type LocatedMap, type Place } from './located.ts';
import { MergekitError, type Remarks } from './remarks.ts';

export type Half = { readonly path: string; readonly revision: string | null };

export type Reference = Half & {
  /** An adapter that is applied to it first. */
  readonly adapter: Half | null;
  readonly at: Place;
};

/** Throws MergekitError for what is no reference. */
export function readReference(value: Located, remarks: Remarks): Reference {
  const at = { line: value.line, column: value.column };
  if (value.kind === 'map') return readExpanded(value, at, remarks);
  if (!('text' in value))
    throw new MergekitError(`A model should be named here; found ${found(value)}`, at);
  const halves = wordOf(value).split('+');
  if (halves.length > 2) {
    throw new MergekitError(
      `${found(value)} has more than one “+”: one adapter is all that mergekit applies`,
      at,
    );
  }
  const [model, adapter] = halves.map((half) => readHalf(half, at));
  return { ...model, adapter: adapter ?? null, at };
}

function readHalf(text: string, at: Place): Half {
  const [path, revision, more] = text.split('@');
  if (more !== undefined || path === '' || revision === '') {
    throw new MergekitError(
      `“${text}” is no name of a model: expected a path, or path@revision`,
      at,
    );
  }
  return { path, revision: revision ?? null };
}

function readExpanded(map: LocatedMap, at: Place, remarks: Remarks): Reference {
  const half = (name: string): Half | null => {
    const value = map.entries.get(name)?.value;
    if (!value || value.kind === 'nothing') return null;
    if (value.kind !== 'map') {
      const one = readReference(value, remarks);
      return { path: one.path, revision: one.revision };
    }
    const [path, revision] = ['path', 'revision'].map((key) => value.entries.get(key)?.value);
    if (!path || !('text' in path)) throw new MergekitError(`${name} has no path`, value);
    return {
      path: wordOf(path),
      revision: revision && 'text' in revision ? wordOf(revision) : null,
    };
  };
  for (const [name, entry] of map.entries) {
    if (name === 'override_architecture') {
      remarks.add(
        'note',
        entry,
        'override_architecture is not needed: tensors are met by their names.',
      );
    } else if (name !== 'model' && name !== 'lora') {
      remarks.add(
        'ignored',
        entry,
        `${name} is no part of a model’s reference; mergekit ignores it.`,
      );
    }
  }
  const model = half('model');
  if (!model) throw new MergekitError('A model should be named here: the map has no “model”', at);
  return { ...model, adapter: half('lora'), at };
}

/** What is written, also where YAML takes it for a number. */
export function wordOf(value: Extract<Located, { text: string }>): string {
  return value.kind === 'text' ? value.value : value.text;
}

/** The same model with the same adapter. */
export function isSame(a: Reference, b: Reference): boolean {
  return nameOf(a) === nameOf(b);
}

/** As mergekit writes it. */
export function nameOf({ adapter, ...model }: Omit<Reference, 'at'>): string {
  const half = ({ path, revision }: Half) => (revision === null ? path : `${path}@${revision}`);
  return adapter === null ? half(model) : `${half(model)}+${half(adapter)}`;
}
