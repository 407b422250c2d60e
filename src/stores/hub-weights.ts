import { toRead } from '../formats/folder.ts';
import type { HubRepo } from '../hub/repo.ts';
import { type Candidate, type Sorted, sortFiles } from './dropped.ts';

/** Files of a repo without whose texts it is not known which weights belong together. */
export const textsOf = (repo: HubRepo): readonly string[] =>
  toRead(repo.files).filter((path) => {
    const { size } = repo.files.find((file) => file.path === path)!;
    return size <= 16 * 2 ** 20;
  });

/**
 * The weights a repo offers, told as those of a folder on disk are. What transformers would load comes
 * first, other readings of the same folders last. `texts` are those of `textsOf`, by path.
 */
export function offeredBy(repo: HubRepo, texts: ReadonlyMap<string, string> = new Map()): Sorted {
  const files = new Map(repo.files.map((file) => [file.path, file]));
  const { candidates, others, refused } = sortFiles(
    repo.files,
    (path) => ({ kind: 'hub', repo: repo.id, commit: repo.commit, ...files.get(path)! }),
    { texts },
  );
  const inOrder = candidates.toSorted((a, b) => rank(a) - rank(b));
  return { candidates: [...inOrder, ...others], others: [], refused, notes: [] };
}

/** Folders hold checkpoints and parts; `model` is the usual name. */
function rank({ weights: [first] }: Candidate): number {
  return 2 * first.split('/').length + (/(^|\/)model[-.][^/]*$/.test(first) ? 0 : 1);
}
