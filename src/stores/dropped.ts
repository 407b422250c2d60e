import type { Handle } from '../engine/protocol.ts';
import type { FormatError } from '../formats/error.ts';
import { type DroppedFile, recognise } from '../formats/folder.ts';
import type { Refusal } from './models.ts';

/** A file the user offered, with its path inside the folder it came from. */
export type Offered = { readonly path: string; readonly file: File };

/** Files that together are one model. */
export type Candidate = {
  readonly name: string;
  readonly handles: readonly Handle[];
  /** Paths of the weight files, shards in order. */
  readonly weights: readonly string[];
  /** Of all of them. */
  readonly bytes: number;
};

export type Sorted = {
  readonly candidates: readonly Candidate[];
  readonly refused: readonly Refusal[];
};

const byPath = new Intl.Collator('en', { numeric: true });

/**
 * Tells models from other files by what the folders hold; reads names only. Models come in order of
 * path: browsers list a folder in any order, and the order of experts is part of a recipe.
 */
export function sortOffered(offered: readonly Offered[]): Sorted {
  const files = new Map(offered.map(({ path, file }) => [path, file]));
  return sortFiles(
    offered.map(({ path, file }) => ({ path, size: file.size })),
    (path) => ({ kind: 'file', path, file: files.get(path)! }),
  );
}

/** The same for files anywhere; `handleOf` says how the engine opens one. */
export function sortFiles(
  files: readonly DroppedFile[],
  handleOf: (path: string) => Handle,
): Sorted {
  const sizes = new Map(files.map(({ path, size }) => [path, size]));
  const { models, problems, notes } = recognise(
    files.toSorted((a, b) => byPath.compare(a.path, b.path)),
  );
  const candidates = models.map(({ name, weights, index, companions }) => ({
    name,
    weights,
    bytes: weights.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0),
    handles: [...weights, ...(index ? [index] : []), ...companions].map(handleOf),
  }));
  return { candidates, refused: [...problems, ...notes].map(refusalOf) };
}

const refusalOf = ({ context }: FormatError): Refusal => ({
  name: context.file,
  reason: `found ${context.found}`,
  advice: context.advice,
});
