import type { Handle } from '../engine/protocol.ts';
import type { LeftOut } from '../formats/beside.ts';
import type { FormatError } from '../formats/error.ts';
import { type Deciding, nothingFound, recognise, toRead } from '../formats/folder.ts';
import { linksError } from '../formats/links.ts';
import type { DroppedFile, FoundModel } from '../formats/model-folder.ts';
import type { Refusal } from './models.ts';
import type { Root } from './remembered-models.ts';

/** A file the user offered, with its path inside the folder it came from. */
export type Offered = {
  readonly path: string;
  readonly file: File;
  /** What was dropped or picked to reach it, if the browser gives a handle to that. Nothing waits for it. */
  readonly root?: Promise<Root | null>;
};

/** Files that together are one model. */
export type Candidate = {
  readonly name: string;
  readonly handles: readonly Handle[];
  /** Paths of the weight files, shards in order. */
  readonly weights: readonly string[];
  /** Of all of them. */
  readonly bytes: number;
  /** What else lies in its folder and does not go into an output. */
  readonly leftOut: readonly LeftOut[];
};

export type Sorted = {
  readonly candidates: readonly Candidate[];
  /** Other readings of the same folders: variants, weights that an index does not name. */
  readonly others: readonly Candidate[];
  readonly refused: readonly Refusal[];
  /** What lies beside a model and is not used. */
  readonly notes: readonly Refusal[];
};

const byPath = new Intl.Collator('en', { numeric: true });

/** Larger than this, a file that should say what the models are says nothing. */
const largestText = 64 * 2 ** 20;

/**
 * Tells models from other files by what the folders hold; reads names, and the small files that say which
 * weights belong together. Models come in order of path: browsers list a folder in any order, and the order
 * of experts is part of a recipe. `folders` names folders that were dropped; the browser may show no files of
 * one.
 */
export async function sortOffered(
  offered: readonly Offered[],
  folders: readonly string[] = [],
): Promise<Sorted> {
  const files = new Map(offered.map(({ path, file }) => [path, file]));
  const dropped = offered.map(({ path, file }) => ({ path, size: file.size }));
  const texts = new Map<string, string>();
  for (const path of toRead(dropped)) {
    const file = files.get(path)!;
    if (file.size <= largestText) texts.set(path, await file.text());
  }
  const sorted = sortFiles(dropped, (path) => ({ kind: 'file', path, file: files.get(path)! }), {
    texts,
    loose: true,
  });
  // Said of each thing that was dropped, it need not be said of all together.
  const said = sorted.refused.filter(({ tag }) => tag !== 'no-model');
  const unused = unusedOf(dropped, folders, sorted.candidates, said);
  return { ...sorted, refused: [...said, ...unused] };
}

/** What was dropped, a folder or a file by itself, of which nothing is used and nothing was said yet. */
function unusedOf(
  files: readonly DroppedFile[],
  folders: readonly string[],
  candidates: readonly Candidate[],
  said: readonly Refusal[],
): readonly Refusal[] {
  const rootOf = (path: string) => path.split('/')[0];
  const used = candidates.flatMap(({ handles }) => handles.map(({ path }) => path));
  const settled = new Set([...used, ...said.map(({ name }) => name)].map(rootOf));
  // Files chosen together are one folder: what lies loose beside loose weights may stay unused.
  const isLoose = used.some((path) => !path.includes('/'));
  const roots = new Set([...folders, ...files.map(({ path }) => rootOf(path))]);
  const unused = [...roots].flatMap((root) => {
    if (settled.has(root)) return [];
    const inside = files.filter(({ path }) => rootOf(path) === root);
    if (inside.length === 0) return [refusalOf(linksError(root, null))];
    return inside[0].path === root && isLoose ? [] : [refusalOf(nothingFound(inside))];
  });
  return unused.length === 0 && candidates.length === 0 && said.length === 0
    ? [refusalOf(nothingFound(files))]
    : unused;
}

/** The same for files anywhere; `handleOf` says how the engine opens one. */
export function sortFiles(
  files: readonly DroppedFile[],
  handleOf: (path: string) => Handle,
  deciding: Deciding = {},
): Sorted {
  const sizes = new Map(files.map(({ path, size }) => [path, size]));
  const inOrder = files.toSorted((a, b) => byPath.compare(a.path, b.path));
  const { models, others, problems, notes } = recognise(inOrder, deciding);
  const candidateOf = ({ name, weights, components, companions, leftOut }: FoundModel) => ({
    name,
    weights,
    bytes: weights.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0),
    handles: [...weights, ...components.flatMap(({ index }) => index ?? []), ...companions].map(
      handleOf,
    ),
    leftOut,
  });
  return {
    candidates: models.map(candidateOf),
    others: others.map(candidateOf),
    refused: problems.map(refusalOf),
    notes: notes.map(refusalOf),
  };
}

const refusalOf = ({ tag, context }: FormatError): Refusal => ({
  tag,
  name: context.file,
  reason: `found ${context.found}`,
  advice: context.advice,
});
