import type { Handle } from '../engine/protocol.ts';
import type { FormatError } from '../formats/error.ts';
import { recognise } from '../formats/folder.ts';
import type { Refusal } from './models.ts';

/** A file the user offered, with its path inside the folder it came from. */
export type Offered = { readonly path: string; readonly file: File };

/** Files that together are one model. */
export type Candidate = {
  readonly name: string;
  readonly handles: readonly Handle[];
  /** Bytes of the weight files. */
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
  const { models, problems, notes } = recognise(
    offered
      .toSorted((a, b) => byPath.compare(a.path, b.path))
      .map(({ path, file }) => ({ path, size: file.size })),
  );
  const candidates = models.map(({ name, weights, index, companions }) => {
    const paths = [...weights, ...(index ? [index] : []), ...companions];
    return {
      name,
      bytes: weights.reduce((sum, path) => sum + (files.get(path)?.size ?? 0), 0),
      handles: paths.map((path): Handle => ({ kind: 'file', path, file: files.get(path)! })),
    };
  });
  return { candidates, refused: [...problems, ...notes].map(refusalOf) };
}

const refusalOf = ({ context }: FormatError): Refusal => ({
  name: context.file,
  reason: `found ${context.found}`,
  advice: context.advice,
});
