import { FormatError } from './error.ts';

/** What a merge leaves in its folder until it is verified; `io/unfinished.ts` writes it. */
export const unfinishedNotice = 'UNFINISHED-MERGE.txt';

/** Of a folder that holds such a notice; null without one. */
export function refuseUnfinished(folder: string, names: readonly string[]): FormatError | null {
  if (!names.includes(unfinishedNotice)) return null;
  return new FormatError('unfinished', {
    file: folder + unfinishedNotice,
    found: 'a merge that did not come to its end: its files may be empty, partial or unverified',
    expected: 'a finished model',
    advice: 'Merge again, or wait if it is under way; or remove the folder.',
  });
}
