import { fileAt, removeBelow } from './paths.ts';

/**
 * Lies in a picked folder from the first file of a merge until the last is verified. It is for people as
 * much as for this page: files under their final names look finished, and the page that knew better may be
 * gone, with its browser.
 */
export const noticeName = 'UNFINISHED-MERGE.txt';

/** Chromium's files for what is being written; a killed browser leaves them. */
const swapEnding = '.crswap';
const listBegins = 'Files of the merge:\n';

/** Says which files are not to be used. Files are listed before they are made. */
export async function writeNotice(
  folder: FileSystemDirectoryHandle,
  files: readonly string[],
): Promise<void> {
  const text =
    'This merge is not finished. Do not use the files of this folder: they may be empty, partial or\n' +
    'unverified. Amalgam, which writes them, takes this notice away when the model is complete and verified.\n' +
    'If no merge is under way, it was interrupted: remove these files.\n\n' +
    `${listBegins}${files.map((file) => `${file}\n`).join('')}`;
  const handle = await folder.getFileHandle(noticeName, { create: true });
  const writable = await handle.createWritable();
  await writable.write(text);
  await writable.close();
}

/** The files of an unfinished merge in this folder; null when it holds none. */
export async function noticeOf(
  folder: FileSystemDirectoryHandle,
): Promise<readonly string[] | null> {
  try {
    const text = await (await (await folder.getFileHandle(noticeName)).getFile()).text();
    const begin = text.indexOf(listBegins);
    if (begin < 0) return [];
    return text
      .slice(begin + listBegins.length)
      .split('\n')
      .filter(Boolean);
  } catch {
    return null;
  }
}

/** Takes the notice away: what is there is finished, or gone. */
export async function removeNotice(folder: FileSystemDirectoryHandle): Promise<void> {
  await folder.removeEntry(noticeName).catch(() => {}); // another writer's of the same folder, or gone
}

/**
 * Removes what an interrupted merge left in a folder: the files its notice lists, what the browser left
 * beside them, and the notice last. Without a notice it removes nothing; other files stay.
 */
export async function removeUnfinishedFiles(folder: FileSystemDirectoryHandle): Promise<void> {
  const files = await noticeOf(folder);
  if (files === null) return;
  for (const path of files) {
    for (const one of [path + swapEnding, path]) await removeBelow(folder, one).catch(() => {});
  }
  const isLeft = (path: string) => fileAt(folder, path).then(Boolean, () => false);
  const left = await Promise.all(files.map(isLeft));
  if (left.includes(true)) throw new DOMException('a file is in use', 'NoModificationAllowedError');
  await removeBelow(folder, noticeName + swapEnding).catch(() => {});
  await folder.removeEntry(noticeName);
}

/** Folders in `parent` that hold an unfinished merge, by name. */
export async function unfinishedIn(parent: FileSystemDirectoryHandle): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const [name, handle] of parent) {
    if (handle.kind === 'directory' && (await noticeOf(handle))) found.push(name);
  }
  return found.sort();
}
