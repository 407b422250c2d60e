import type { HubRepo } from '../hub/repo.ts';
import { type Candidate, type Sorted, sortFiles } from './dropped.ts';

/** The weights a repo offers, told as those of a folder on disk are. What transformers would load comes first. */
export function offeredBy(repo: HubRepo): Sorted {
  const files = new Map(repo.files.map((file) => [file.path, file]));
  const { candidates, refused } = sortFiles(repo.files, (path) => ({
    kind: 'hub',
    repo: repo.id,
    commit: repo.commit,
    ...files.get(path)!,
  }));
  return { candidates: candidates.toSorted((a, b) => rank(a) - rank(b)), refused };
}

/** Folders hold checkpoints and parts; `model` is the usual name. */
function rank({ weights: [first] }: Candidate): number {
  return 2 * first.split('/').length + (/(^|\/)model[-.][^/]*$/.test(first) ? 0 : 1);
}
