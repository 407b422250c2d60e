import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cdp } from 'vitest/browser';
import { type RemoteOpfs, remoteOpfs } from '../testing/remote-opfs.ts';
import { listFinished, listUnfinished, removeRun, runFiles, runsFolder } from './opfs-runs.ts';

const folder = 'merge';
let opfs: RemoteOpfs;

async function storedNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (await runsFolder()).keys()) names.push(name);
  return names.sort();
}

async function write(name: string, ...chunks: number[][]): Promise<void> {
  const size = chunks.flat().length;
  await opfs.call({ kind: 'create', folder, name, size });
  for (const chunk of chunks) {
    await opfs.call({ kind: 'write', name, bytes: Uint8Array.from(chunk) });
  }
  await opfs.call({ kind: 'close', name });
}

beforeEach(() => {
  opfs = remoteOpfs();
});

afterEach(async () => {
  opfs.terminate();
  await expect.poll(listUnfinished).toBeDefined();
  const root = await navigator.storage.getDirectory();
  await expect
    .poll(() => root.removeEntry('runs', { recursive: true }).then(() => 'gone'))
    .toBe('gone');
});

describe('a run into private storage', () => {
  test('has its final names only after commit, and reads back before and after', async () => {
    await opfs.call({ kind: 'open', folder });
    await write('a.bin', [1, 2], [3]);
    await write('b.bin', []);
    expect(await storedNames()).toEqual(['merge.partial']);
    const read = { kind: 'read', folder, name: 'a.bin' } as const;
    expect(await opfs.call(read)).toEqual(Uint8Array.of(1, 2, 3));
    await opfs.call({ kind: 'commit', folder });
    expect(await storedNames()).toEqual(['merge']);
    expect(await opfs.call(read)).toEqual(Uint8Array.of(1, 2, 3));
    expect((await runFiles(folder)).map(({ path, file }) => [path, file.size])).toEqual([
      ['a.bin', 3],
      ['b.bin', 0],
    ]);
    expect(await listFinished()).toEqual([{ folder, bytes: 3 }]);
  });

  test('leaves nothing when aborted, half written or committed', async () => {
    await opfs.call({ kind: 'open', folder });
    await opfs.call({ kind: 'create', folder, name: 'a.bin', size: 9 });
    await opfs.call({ kind: 'write', name: 'a.bin', bytes: Uint8Array.of(1) });
    await opfs.call({ kind: 'abort', folder });
    await opfs.call({ kind: 'abort', folder });
    expect(await storedNames()).toEqual([]);
    await opfs.call({ kind: 'open', folder });
    await write('a.bin', [1]);
    await opfs.call({ kind: 'commit', folder });
    await opfs.call({ kind: 'abort', folder });
    expect(await storedNames()).toEqual([]);
  });

  test('replaces an earlier one of its name, and what that left unfinished', async () => {
    await opfs.call({ kind: 'open', folder });
    await write('old.bin', [1]);
    await opfs.call({ kind: 'commit', folder });
    await opfs.call({ kind: 'open', folder });
    await write('new.bin', [2]);
    await opfs.call({ kind: 'commit', folder });
    expect((await runFiles(folder)).map(({ path }) => path)).toEqual(['new.bin']);
  });

  test('notices a file that is shorter than announced', async () => {
    await opfs.call({ kind: 'open', folder });
    await opfs.call({ kind: 'create', folder, name: 'a.bin', size: 2 });
    await opfs.call({ kind: 'write', name: 'a.bin', bytes: Uint8Array.of(1) });
    await expect(opfs.call({ kind: 'close', name: 'a.bin' })).rejects.toMatchObject({
      tag: 'size',
    });
  });

  test('makes the folders of a path, and packs and removes them with the rest', async () => {
    await opfs.call({ kind: 'open', folder });
    await write('unet/config.json', [1]);
    await write('unet/weights/a.bin', [2, 3]);
    await opfs.call({ kind: 'commit', folder });
    const files = (await runFiles(folder)).map(({ path, file }) => [path, file.size]);
    expect(files).toEqual([
      ['unet/config.json', 1],
      ['unet/weights/a.bin', 2],
    ]);
    const read = { kind: 'read', folder, name: 'unet/weights/a.bin' } as const;
    expect(await opfs.call(read)).toEqual(Uint8Array.of(2, 3));
    expect(await listFinished()).toEqual([{ folder, bytes: 3 }]);
    const { file } = await opfs.call<{ readonly file: File }>({ kind: 'zip', folder });
    expect(await file.text()).toContain('merge/unet/weights/a.bin');
    await removeRun(folder);
    expect(await storedNames()).toEqual([]);
  });

  test('refuses names that lead elsewhere', async () => {
    await opfs.call({ kind: 'open', folder });
    const create = opfs.call({ kind: 'create', folder, name: '../a.bin', size: 1 });
    await expect(create).rejects.toMatchObject({ tag: 'name' });
  });

  test('that goes on elsewhere is not disturbed', async () => {
    await opfs.call({ kind: 'open', folder });
    const other = remoteOpfs();
    await expect(other.call({ kind: 'open', folder })).rejects.toMatchObject({ tag: 'busy' });
    other.terminate();
    expect(await listUnfinished()).toEqual([]);
  });

  test('that was cut short is found on return, and can be removed', async () => {
    await opfs.call({ kind: 'open', folder });
    await write('a.bin', [1, 2, 3]);
    opfs.terminate();
    await expect.poll(listUnfinished).toEqual([{ folder, bytes: 3 }]);
    await removeRun(folder);
    expect(await storedNames()).toEqual([]);
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

describe('zipRun', () => {
  type Zipped = { readonly file: File; readonly progress: readonly (readonly [number, number])[] };

  test('packs the files of a run, uncompressed, under the name of its folder', async () => {
    await opfs.call({ kind: 'open', folder });
    await write('a.bin', [0x41, 0x42]);
    await write('config.json', [0x7b, 0x7d]);
    await opfs.call({ kind: 'commit', folder });
    const { file, progress } = await opfs.call<Zipped>({ kind: 'zip', folder });
    expect(file.name).toBe('merge.zip');
    expect(progress.at(-1)).toEqual([file.size, file.size]);
    const text = await file.text();
    expect(text.slice(0, 4)).toBe('PK\x03\x04');
    expect(text).toContain('merge/a.bin');
    expect(text).toContain('AB');
    expect(text).toContain('merge/config.json');
    await removeRun(folder);
    expect(await storedNames()).toEqual([]);
  });

  test('made again, replaces the archive; so does a new run of the name', async () => {
    await opfs.call({ kind: 'open', folder });
    await write('a.bin', [1]);
    await opfs.call({ kind: 'commit', folder });
    const old = await (await runsFolder()).getFileHandle('merge.zip', { create: true });
    const writable = await old.createWritable();
    await writable.write(new Uint8Array(5000));
    await writable.close();
    const { file, progress } = await opfs.call<Zipped>({ kind: 'zip', folder });
    expect(file.size).toBe(progress.at(-1)?.[1]);
    expect(file.size).toBeLessThan(1000);
    await opfs.call({ kind: 'open', folder });
    await opfs.call({ kind: 'commit', folder });
    expect(await storedNames()).toEqual(['merge']);
  });

  test('leaves no archive when aborted', async () => {
    await opfs.call({ kind: 'open', folder });
    await write(
      'a.bin',
      Array.from({ length: 1000 }, () => 7),
    );
    await opfs.call({ kind: 'commit', folder });
    const zipping = opfs.call({ kind: 'zip', folder, stopAfter: 1 });
    await expect(zipping).rejects.toMatchObject({ tag: 'AbortError' });
    expect(await storedNames()).toEqual(['merge']);
  });
});
