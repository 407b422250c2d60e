/**
 * YAML as values with their places. As PyYAML's safe_load reads it, which mergekit uses: YAML 1.1 with anchors and
 * merge keys.
 */

import type { Node } from 'yaml';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
} from 'yaml';
import { limits } from '../limits.ts';
import { MergekitError } from './remarks.ts';

export type Place = { readonly line: number; readonly column: number };

export type Located = Place &
  (
    | { readonly kind: 'nothing' }
    | { readonly kind: 'boolean'; readonly value: boolean; readonly text: string }
    | { readonly kind: 'number'; readonly value: number; readonly text: string }
    | { readonly kind: 'text'; readonly value: string; readonly text: string }
    | { readonly kind: 'list'; readonly items: readonly Located[] }
    | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Entry> }
  );

/** A member of a map; the place is that of its key. */
export type Entry = Place & { readonly value: Located };

export type LocatedMap = Extract<Located, { kind: 'map' }>;

/** A text is asked for its order, then for each of its recipes, and again whenever the dialog is drawn. */
let last: {
  readonly text: string;
  readonly firstLine: number;
  readonly all: readonly Located[];
} | null = null;

/**
 * The documents of a text that are not empty. `firstLine` is the line that the text begins on. Throws MergekitError
 * for what is no YAML.
 */
export function readYaml(text: string, firstLine = 1): readonly Located[] {
  if (last?.text === text && last.firstLine === firstLine) return last.all;
  const all = readDocuments(text, firstLine);
  last = { text, firstLine, all };
  return all;
}

function readDocuments(text: string, firstLine: number): readonly Located[] {
  if (text.length > limits.text) {
    const found = text.length.toLocaleString('en-US');
    const most = limits.text.toLocaleString('en-US');
    const what = `The text has ${found} characters, and at most ${most} are read`;
    throw new MergekitError(what, { line: firstLine, column: 1 });
  }
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1) + firstLine - 1, column: Math.max(col, 1) };
  };
  const documents = parseAllDocuments(text, {
    version: '1.1',
    merge: true,
    strict: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter: lines,
  });
  const all = Array.isArray(documents) ? (documents as Document.Parsed[]) : [];
  for (const { errors } of all) {
    if (errors.length === 0) continue;
    const { message, pos } = errors[0];
    throw new MergekitError(`This is no YAML: ${message}`, placeAt(pos[0]));
  }
  return all
    .map((document) => new Reader(document, placeAt).located(document.contents))
    .filter(({ kind }) => kind !== 'nothing');
}

class Reader {
  readonly #document: Document.Parsed;
  readonly #placeAt: (offset: number) => Place;
  /** Of anchors: a value that is used twice is read once, however often it is nested in itself. */
  readonly #known = new Map<Node, Located>();
  readonly #open = new Set<Node>();

  constructor(document: Document.Parsed, placeAt: (offset: number) => Place) {
    this.#document = document;
    this.#placeAt = placeAt;
  }

  located(node: Node | null): Located {
    if (node === null) return { line: 1, column: 1, kind: 'nothing' };
    const known = this.#known.get(node);
    if (known) return known;
    const place = this.#placeAt(node.range?.[0] ?? 0);
    if (this.#open.has(node)) throw new MergekitError('A value that contains itself', place);
    this.#open.add(node);
    const found = this.#read(node, place);
    this.#open.delete(node);
    this.#known.set(node, found);
    return found;
  }

  #read(node: Node, place: Place): Located {
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (!target) throw new MergekitError(`There is no anchor &${node.source}`, place);
      // Where it is used is where it counts.
      return { ...this.located(target as Node), ...place };
    }
    if (isSeq(node)) {
      return {
        ...place,
        kind: 'list',
        items: node.items.map((item) => this.located(item as Node)),
      };
    }
    if (isMap(node)) return { ...place, kind: 'map', entries: this.#entries(node) };
    if (!isScalar(node)) return { ...place, kind: 'nothing' };
    const { value, source, type } = node;
    const text = source ?? String(value);
    // PyYAML takes y and n for texts.
    const isWord = typeof value === 'boolean' && /^[yn]$/i.test(text);
    if (value === null || value === undefined) return { ...place, kind: 'nothing' };
    if (typeof value === 'boolean' && !isWord) return { ...place, kind: 'boolean', value, text };
    if (typeof value === 'number' && type === 'PLAIN')
      return { ...place, kind: 'number', value, text };
    return { ...place, kind: 'text', value: typeof value === 'string' ? value : text, text };
  }

  #entries(map: { readonly items: readonly unknown[] }): ReadonlyMap<string, Entry> {
    const own = new Map<string, Entry>();
    const merged: Located[] = [];
    for (const pair of map.items as readonly { key: Node; value: Node | null }[]) {
      const key = this.located(pair.key);
      const name = 'text' in key ? key.text : '';
      const value =
        pair.value === null ? { ...key, kind: 'nothing' as const } : this.located(pair.value);
      if (name === '<<') merged.push(...(value.kind === 'list' ? value.items : [value]));
      else own.set(name, { line: key.line, column: key.column, value });
    }
    for (const from of merged) {
      if (from.kind !== 'map')
        throw new MergekitError('A merge key (<<) of something that is no map', from);
      for (const [name, entry] of from.entries) if (!own.has(name)) own.set(name, entry);
    }
    return own;
  }
}

/** "a list", "the text “x”": for sentences that say what was found. */
export function found(value: Located): string {
  switch (value.kind) {
    case 'nothing':
      return 'nothing';
    case 'list':
      return 'a list';
    case 'map':
      return 'a map';
    default:
      return `“${value.text.length > 60 ? `${value.text.slice(0, 57)}…` : value.text}”`;
  }
}
