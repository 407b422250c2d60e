import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cdp } from 'vitest/browser';
import { type RemoteOpfs, remoteOpfs } from '../testing/remote-opfs.ts';
import {
  freeName,
  listFinished,
  listUnfinished,
  markerName,
  mergeFiles,
  mergesFolder,
  removeMerge,
  removeUnfinished,
} from './stored-merges.ts';

const folder = 'merge';
let opfs: RemoteOpfs;

async function storedNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (await mergesFolder()).keys()) names.push(name);
  return names.sort();
}

async function write(name: string, chunks: readonly number[][], to = folder): Promise<void> {
  const size = chunks.flat().length;
  await opfs.call({ kind: 'create', folder: to, name, size });
  for (const chunk of chunks) {
    await opfs.call({ kind: 'write', name, bytes: Uint8Array.from(chunk) });
  }
  await opfs.call({ kind: 'close', name });
}

/** A finished merge of this name with one file. */
async function finish(name: string, bytes: readonly number[], verified = true): Promise<void> {
  await opfs.call({ kind: 'open', folder: name });
  await write('a.bin', [[...bytes]], name);
  await opfs.call({ kind: 'commit', folder: name, verified });
}

async function content(name: string): Promise<Record<string, readonly number[]>> {
  const files = await mergeFiles(name);
  const pairs = files.map(async ({ path, file }) => [path, [...(await bytesOf(file))]] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());
const namesOf = (merges: readonly { readonly folder: string }[]) =>
  merges.map((merge) => merge.folder);

beforeEach(() => {
  opfs = remoteOpfs();
});

afterEach(async () => {
  opfs.terminate();
  await expect.poll(listUnfinished).toBeDefined();
  const root = await navigator.storage.getDirectory();
  await expect
    .poll(() => root.removeEntry('merges', { recursive: true }).then(() => 'gone'))
    .toBe('gone');
});

describe('a run into private storage', () => {
  test('is finished only after commit, and reads back before and after', async () => {
    await opfs.call({ kind: 'open', folder });
    await write('a.bin', [[1, 2], [3]]);
    await write('unet/b.bin', []);
    expect(await listFinished()).toEqual([]);
    const read = { kind: 'read', folder, name: 'a.bin' } as const;
    expect(await opfs.call(read)).toEqual(Uint8Array.of(1, 2, 3));
    const before = Date.now();
    await opfs.call({ kind: 'commit', folder });
    expect(await opfs.call(read)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await content(folder)).toEqual({ 'a.bin': [1, 2, 3], 'unet/b.bin': [] });
    const [merge] = await listFinished();
    expect(merge).toMatchObject({ folder, bytes: 3, verified: true });
    expect(Date.parse(merge.finished)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(merge.finished)).toBeLessThanOrEqual(Date.now());
    expect(await listUnfinished()).toEqual([]);
  });

  test('leaves nothing when aborted, half written or committed', async () => {
    await opfs.call({ kind: 'open', folder });
    await opfs.call({ kind: 'create', folder, name: 'a.bin', size: 9 });
    await opfs.call({ kind: 'write', name: 'a.bin', bytes: Uint8Array.of(1) });
    await opfs.call({ kind: 'abort', folder });
    await opfs.call({ kind: 'abort', folder });
    expect(await storedNames()).toEqual([]);
    await finish(folder, [1]);
    await opfs.call({ kind: 'abort', folder });
    expect(await storedNames()).toEqual([]);
  });

  test('says on return that the verification found problems', async () => {
    await finish(folder, [1], false);
    expect(await listFinished()).toMatchObject([{ folder, verified: false }]);
  });

  test('never takes the place of a finished one: the next has another name', async () => {
    await finish(folder, [1]);
    await expect(opfs.call({ kind: 'open', folder })).rejects.toMatchObject({ tag: 'exists' });
    expect(await freeName(folder)).toBe('merge-2');
    await finish('merge-2', [2]);
    expect(await freeName(folder)).toBe('merge-3');
    expect(await freeName('merge-2')).toBe('merge-2-2');
    expect(await content(folder)).toEqual({ 'a.bin': [1] });
  });

  test('has nothing to do with names that look like its own', async () => {
    const names = ['x', 'x.partial', 'x.zip', 'finished.json', 'files', 'x-2'];
    for (const [i, name] of names.entries()) await finish(name, [i]);
    await opfs.call({ kind: 'open', folder: 'x-3' });
    opfs.terminate();
    await expect.poll(async () => namesOf(await listUnfinished())).toEqual(['x-3']);
    expect(await freeName('x')).toBe('x-3');
    await removeUnfinished('x-3');
    await removeMerge('x');
    const left = names.slice(1).sort();
    expect(namesOf(await listFinished())).toEqual(left);
    expect(await content('x.partial')).toEqual({ 'a.bin': [1] });
  });

  test('notices a file that is shorter than announced', async () => {
    await opfs.call({ kind: 'open', folder });
    await opfs.call({ kind: 'create', folder, name: 'a.bin', size: 2 });
    await opfs.call({ kind: 'write', name: 'a.bin', bytes: Uint8Array.of(1) });
    await expect(opfs.call({ kind: 'close', name: 'a.bin' })).rejects.toMatchObject({
      tag: 'size',
    });
  });

  test.each(['../a.bin', 'a/../../b', '/a', 'a//b', ''])('refuses the name “%s”', async (name) => {
    await opfs.call({ kind: 'open', folder });
    const create = opfs.call({ kind: 'create', folder, name, size: 1 });
    await expect(create).rejects.toMatchObject({ tag: 'name' });
  });

  test('that goes on elsewhere is not disturbed', async () => {
    await opfs.call({ kind: 'open', folder });
    const other = remoteOpfs();
    await expect(other.call({ kind: 'open', folder })).rejects.toMatchObject({ tag: 'busy' });
    other.terminate();
    expect(await listUnfinished()).toEqual([]);
    expect(await freeName(folder)).toBe('merge-2');
    await removeUnfinished(folder);
    await write('a.bin', [[1]]);
    await opfs.call({ kind: 'commit', folder });
    expect(await content(folder)).toEqual({ 'a.bin': [1] });
  });

  test('that was cut short is found on return, and can be removed', async () => {
    await opfs.call({ kind: 'open', folder });
    await write('a.bin', [[1, 2, 3]]);
    opfs.terminate();
    await expect.poll(listUnfinished).toEqual([{ folder, bytes: 3 }]);
    expect(await freeName(folder)).toBe(folder);
    await removeUnfinished(folder);
    expect(await storedNames()).toEqual([]);
  });

  test('that was finished is not removed as a leftover', async () => {
    await finish(folder, [1]);
    await removeUnfinished(folder);
    expect(await content(folder)).toEqual({ 'a.bin': [1] });
  });

  test.each([
    ['a marker that was cut short', markerName, '{"finished":"2026-11-27T04:00:00Z","veri'],
    ['an empty marker', markerName, ''],
    ['a file that is shorter', 'files/a.bin', 'x'],
  ])('with %s it is not finished', async (_, path, text) => {
    await finish(folder, [1, 2, 3]);
    const parts = path.split('/');
    let place = await (await mergesFolder()).getDirectoryHandle(folder);
    for (const part of parts.slice(0, -1)) place = await place.getDirectoryHandle(part);
    const writable = await (await place.getFileHandle(parts.at(-1)!)).createWritable();
    await writable.write(text);
    await writable.close();
    expect(await listFinished()).toEqual([]);
    expect(namesOf(await listUnfinished())).toEqual([folder]);
  });

  test('killed at any step, leaves the old model whole, and the new one whole or as a leftover', {
    timeout: 90_000,
  }, async () => {
    await finish(folder, [1, 2, 3]);
    const found: string[] = [];
    for (let step = 1, isDone = false; !isDone; step++) {
      opfs.terminate();
      opfs = remoteOpfs();
      const to = await freeName(folder);
      await opfs.call({ kind: 'stop-at', step });
      const run = async () => {
        await opfs.call({ kind: 'open', folder: to });
        await write('a.bin', [[4], [5]], to);
        await write('unet/b.bin', [[6]], to);
        await opfs.call({ kind: 'commit', folder: to });
        return 'done';
      };
      const end = await Promise.race([opfs.stopped, run().catch(() => opfs.stopped)]);
      isDone = end === 'done';
      opfs.terminate();
      await expect.poll(async () => (await navigator.locks.query()).held).toEqual([]);

      expect(await content(folder)).toEqual({ 'a.bin': [1, 2, 3] });
      const finished = namesOf(await listFinished()).filter((name) => name !== folder);
      const unfinished = namesOf(await listUnfinished());
      found.push(finished.length > 0 ? 'new' : unfinished.length > 0 ? 'leftover' : 'nothing');
      for (const name of finished) {
        expect(await content(name)).toEqual({ 'a.bin': [4, 5], 'unet/b.bin': [6] });
        await removeMerge(name);
      }
      for (const name of unfinished) await removeUnfinished(name);
      expect(await storedNames()).toEqual([folder]);
    }
    expect(found.length).toBeGreaterThan(20);
    expect(new Set(found)).toEqual(new Set(['nothing', 'leftover', 'new']));
  });
});

test('out of quota, the write fails although the browser does not throw', async () => {
  const origin = location.origin;
  const { usage = 0 } = await navigator.storage.estimate();
  await cdp().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 2 ** 20 });
  try {
    await opfs.call({ kind: 'open', folder });
    await opfs.call({ kind: 'create', folder, name: 'a.bin', size: 2 ** 23 });
    const bytes = new Uint8Array(2 ** 22);
    const writing = opfs.call({ kind: 'write', name: 'a.bin', bytes });
    await expect(writing).rejects.toMatchObject({ tag: 'quota' });
    const again = opfs.call({ kind: 'write', name: 'a.bin', bytes: Uint8Array.of(1) });
    await expect(again).rejects.toMatchObject({ tag: 'closed' });
    await opfs.call({ kind: 'abort', folder });
    expect(await storedNames()).toEqual([]);
  } finally {
    await cdp().send('Storage.overrideQuotaForOrigin', { origin });
  }
});

test('an archive holds the files of a merge, uncompressed, and takes no room of its own', async () => {
  await opfs.call({ kind: 'open', folder });
  await write('a.bin', [[0x41, 0x42]]);
  await write('unet/config.json', [[0x7b, 0x7d]]);
  await write('weights', [Array.from({ length: 2 ** 20 }, () => 7)]);
  await opfs.call({ kind: 'commit', folder });
  const { usage: before = 0 } = await navigator.storage.estimate();
  const zip = await opfs.call<Blob>({ kind: 'zip', folder });
  expect(await zip.slice(0, 4).text()).toBe('PK\x03\x04');
  const start = await zip.slice(0, 200).text();
  for (const part of ['merge/a.binAB', 'merge/unet/config.json{}', 'merge/weights']) {
    expect(start).toContain(part);
  }
  const { usage: after = 0 } = await navigator.storage.estimate();
  expect(after - before).toBeLessThan(2 ** 19);
  expect(await storedNames()).toEqual([folder]);
});
