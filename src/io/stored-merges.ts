import { asWriteError } from './errors.ts';
import { filesBelow, type StoredFile } from './paths.ts';

/**
 * Merges in private storage. `merges/name/files/` holds a merge's files under their own names from the
 * start; `merges/name/finished.json`, written last, says that they are all there. What lacks it was not
 * finished. Nothing else lies in `merges/`, so no name of a model can mean anything else.
 */
export const mergesName = 'merges';
const filesFolder = 'files';
export const markerName = 'finished.json';

/** A merge that is whole, and stays until it is removed. */
export type FinishedMerge = {
  readonly folder: string;
  readonly bytes: number;
  /** When it was finished, in ISO 8601. */
  readonly finished: string;
  /** False when its verification found problems that are for the user to judge. */
  readonly verified: boolean;
  /** The path of its file, where it has but one. */
  readonly only: string | null;
};

/** What a run left that was cut short. */
export type UnfinishedMerge = { readonly folder: string; readonly bytes: number };

/** What is written last: bytes of every file by its path. */
export type Marker = {
  readonly finished: string;
  readonly verified: boolean;
  readonly files: Readonly<Record<string, number>>;
};

/** The folder of all merges. Rejects with `WriteError` where the browser has no private storage. */
export async function mergesFolder(): Promise<FileSystemDirectoryHandle> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(mergesName, { create: true });
  } catch (error) {
    throw asWriteError(error, 'private storage');
  }
}

/** Where the files of a merge lie, or are to lie. */
export function filesOf(merge: FileSystemDirectoryHandle, create = false) {
  return merge.getDirectoryHandle(filesFolder, { create });
}

/** Held while a run writes; a worker that ends, however it does, lets go of it. */
export function lockName(folder: string): string {
  return `amalgam-run:${folder}`;
}

/** Merges that are whole. */
export async function listFinished(): Promise<readonly FinishedMerge[]> {
  const found: FinishedMerge[] = [];
  for (const [folder, merge] of await allMerges()) {
    const marker = await markerOf(merge);
    if (!marker) continue;
    const { finished, verified, files } = marker;
    const bytes = Object.values(files).reduce((sum, size) => sum + size, 0);
    const [only = null, ...others] = Object.keys(files);
    found.push({ folder, bytes, finished, verified, only: others.length === 0 ? only : null });
  }
  return found;
}

/** Runs that were cut short, by a closed tab or a crash. Those still going on are not among them. */
export async function listUnfinished(): Promise<readonly UnfinishedMerge[]> {
  const isUnderWay = await underWay();
  const found: UnfinishedMerge[] = [];
  for (const [folder, merge] of await allMerges()) {
    if (isUnderWay(folder) || (await markerOf(merge))) continue;
    const files = await storedFiles(merge);
    found.push({ folder, bytes: files.reduce((sum, { file }) => sum + file.size, 0) });
  }
  return found;
}

/**
 * A name for the next merge: `name` or, where a finished merge or a run under way has it, `name-2`,
 * `name-3`. What an interrupted run left does not count.
 */
export async function freeName(name: string): Promise<string> {
  const merges = await mergesFolder();
  const isUnderWay = await underWay();
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (isUnderWay(candidate)) continue;
    const merge = await merges.getDirectoryHandle(candidate).catch(() => null);
    if (merge === null || !(await markerOf(merge))) return candidate;
  }
}

/** The files of a finished merge, by path. */
export async function mergeFiles(folder: string): Promise<readonly StoredFile[]> {
  const merges = await mergesFolder();
  try {
    return await storedFiles(await merges.getDirectoryHandle(folder));
  } catch (error) {
    throw asWriteError(error, folder);
  }
}

export async function removeMerge(folder: string): Promise<void> {
  await removeIfThere(await mergesFolder(), folder);
}

/** Removes what an interrupted run left; a finished merge of that name stays, and so does a run under way. */
export async function removeUnfinished(folder: string): Promise<void> {
  await navigator.locks.request(lockName(folder), { ifAvailable: true }, async (lock) => {
    const merges = await mergesFolder();
    const merge = await merges.getDirectoryHandle(folder).catch(() => null);
    if (lock && merge && !(await markerOf(merge))) await removeIfThere(merges, folder);
  });
}

/** Null when there is none, when it was cut short, and when a file that it names is not there whole. */
export async function markerOf(merge: FileSystemDirectoryHandle): Promise<Marker | null> {
  try {
    const handle = await merge.getFileHandle(markerName);
    const marker = JSON.parse(await (await handle.getFile()).text()) as Marker;
    const stored = await storedFiles(merge);
    const sizes = new Map(stored.map(({ path, file }) => [path, file.size]));
    const isWhole = Object.entries(marker.files).every(([path, size]) => sizes.get(path) === size);
    return isWhole ? marker : null;
  } catch {
    return null;
  }
}

export async function removeIfThere(from: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await from.removeEntry(name, { recursive: true });
  } catch (error) {
    if (!isMissing(error)) throw asWriteError(error, name);
  }
}

/** Which merges are being written now, in this tab or another. */
async function underWay(): Promise<(folder: string) => boolean> {
  const { held = [] } = await navigator.locks.query();
  const names = new Set(held.map(({ name }) => name));
  return (folder) => names.has(lockName(folder));
}

/** By name. */
async function allMerges(): Promise<readonly (readonly [string, FileSystemDirectoryHandle])[]> {
  const found: (readonly [string, FileSystemDirectoryHandle])[] = [];
  for await (const [name, handle] of await mergesFolder()) {
    if (handle.kind === 'directory') found.push([name, handle]);
  }
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}

async function storedFiles(merge: FileSystemDirectoryHandle): Promise<readonly StoredFile[]> {
  try {
    return await filesBelow(await filesOf(merge));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}
