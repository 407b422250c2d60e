/** Folders of links: the Hub's own cache is made of them, and browsers leave them out of a folder. */
import { FormatError } from './error.ts';

/** For whoever misses a file that is in the folder. */
export const aboutLinks =
  'Browsers leave links out of a folder: choose files that are links with Files….';

/** The cache keeps files under the names of their contents, in `blobs`, and links to them in `snapshots`. */
const CACHE =
  /^(?<folder>(?:.*\/)?models--(?<owner>[^/]+?)--(?<repo>[^/]+))\/(?:blobs|refs|snapshots)\//;

/** Folders of the Hub's cache from which no weights came, of all that a drop shows. */
export function unlinked(
  paths: readonly string[],
  weights: readonly string[],
): readonly FormatError[] {
  const repos = new Map<string, string>();
  for (const path of paths) {
    const { folder, owner, repo } = CACHE.exec(path)?.groups ?? {};
    if (folder !== undefined) repos.set(folder, `${owner}/${repo}`);
  }
  return [...repos]
    .filter(([folder]) => !weights.some((path) => path.startsWith(`${folder}/`)))
    .map(([folder, repo]) => linksError(folder, repo));
}

/** For a folder that shows no weights, and that may be full of links; `repo` where its name tells it. */
export function linksError(folder: string, repo: string | null): FormatError {
  const [what, where] = [repo ?? 'owner/name', repo?.split('/')[1] ?? 'a-folder'];
  return new FormatError('links', {
    file: folder,
    found: repo
      ? "a folder of the Hub's cache: its snapshots hold links, and browsers leave links out of a folder"
      : 'a folder without files: it is empty, or it holds links, which browsers leave out',
    expected: 'the files themselves',
    advice: `Choose the files in it with Files…, which follows links, or make a plain copy: hf download ${what} --local-dir ${where}`,
  });
}
