import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { directorySink, folderFiles } from './directory.ts';
import { noticeName, noticeOf, removeUnfinishedFiles, unfinishedIn } from './unfinished.ts';

/** A directory of private storage has the same interface as one the user picked. */
let folder: FileSystemDirectoryHandle;

let root: FileSystemDirectoryHandle;
let count = 0;

beforeEach(async () => {
  root = await navigator.storage.getDirectory();
  count += 1;
  folder = await root.getDirectoryHandle(`picked ${count}`, { create: true });
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function content(): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const handle of folder.values()) {
    const isSwap = handle.name.endsWith('.crswap'); // Chromium lists its swap files in private storage
    if (handle.kind === 'file' && !isSwap && handle.name !== noticeName)
      files[handle.name] = await (await handle.getFile()).text();
  }
  return files;
}

async function put(name: string, text: string): Promise<void> {
  const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
  await writable.write(text);
  await writable.close();
}

const bytes = (text: string) => new TextEncoder().encode(text);

async function write(sink: ReturnType<typeof directorySink>, name: string, text: string) {
  const file = await sink.create(name, text.length);
  await file.write(bytes(text), 0);
  await file.close();
}

describe('a run into a picked folder', () => {
  test('shows nothing but empty names before commit', async () => {
    const sink = directorySink(folder);
    await write(sink, 'model.safetensors', 'weights');
    await write(sink, 'config.json', '{}');
    expect(await content()).toEqual({ 'model.safetensors': '', 'config.json': '' });
    await sink.commit(true);
    expect(await content()).toEqual({ 'model.safetensors': 'weights', 'config.json': '{}' });
    const source = await sink.reopen('model.safetensors');
    expect(await source.read(1, 4)).toEqual(bytes('eig'));
  });

  test('closes weights first and the index last', async () => {
    const sink = directorySink(folder);
    for (const name of ['model.safetensors.index.json', 'config.json', 'model-1.safetensors']) {
      await write(sink, name, name);
    }
    const closed: string[] = [];
    const { close } = FileSystemWritableFileStream.prototype;
    vi.spyOn(FileSystemWritableFileStream.prototype, 'close').mockImplementation(async function (
      this: FileSystemWritableFileStream,
    ) {
      await close.call(this);
      const shown = Object.values(await content()).filter((text) => text !== '');
      closed.push(...shown.filter((name) => !closed.includes(name)));
    });
    await sink.commit(true);
    expect(closed).toEqual(['model-1.safetensors', 'config.json', 'model.safetensors.index.json']);
  });

  test('reads a written file back before commit, which shows this one file whole', async () => {
    const sink = directorySink(folder);
    await write(sink, 'a.safetensors', 'abc');
    await write(sink, 'b.safetensors', 'xyz');
    const source = await sink.reopen('a.safetensors');
    expect(await source.read(0, 3)).toEqual(bytes('abc'));
    expect(await content()).toEqual({ 'a.safetensors': 'abc', 'b.safetensors': '' });
    await sink.abort();
    expect(await content()).toEqual({});
  });

  test('aborted, leaves what was there before and nothing else', async () => {
    await put('mine.txt', 'keep');
    const sink = directorySink(folder);
    await write(sink, 'config.json', 'new');
    const half = await sink.create('model.safetensors', 100);
    await half.write(bytes('half'), 0);
    await sink.abort();
    await sink.abort();
    expect(await content()).toEqual({ 'mine.txt': 'keep' });
  });

  test('makes the folders of a path, shows them at commit and takes them back when aborted', async () => {
    await put('mine.txt', 'keep');
    for (const end of ['commit', 'abort'] as const) {
      const sink = directorySink(folder);
      await write(sink, `${end}/unet/model.safetensors`, 'weights');
      await write(sink, `${end}/config.json`, '{}');
      const source = await sink.reopen(`${end}/unet/model.safetensors`);
      expect(await source.read(0, 7)).toEqual(bytes('weights'));
      await (end === 'commit' ? sink.commit(true) : sink.abort());
    }
    expect((await folderFiles(folder)).map(({ path }) => path)).toEqual([
      'commit/config.json',
      'commit/unet/model.safetensors',
      'mine.txt',
    ]);
    const names: string[] = [];
    for await (const name of folder.keys()) names.push(name);
    expect(names.sort()).toEqual(['commit', 'mine.txt']);
  });

  test('never writes over a file that is there', async () => {
    await put('config.json', 'old');
    const sink = directorySink(folder);
    await expect(sink.create('config.json', 2)).rejects.toMatchObject({
      tag: 'exists',
      context: { file: 'config.json' },
    });
    await sink.abort();
    expect(await content()).toEqual({ 'config.json': 'old' });
  });
});

describe('the notice beside an unfinished merge', () => {
  test('lists its files while it is written, and goes with the last step', async () => {
    const sink = directorySink(folder);
    await write(sink, 'unet/a.safetensors', 'abc');
    await write(sink, 'config.json', '{}');
    await sink.reopen('unet/a.safetensors');
    expect(await noticeOf(folder)).toEqual(['unet/a.safetensors', 'config.json']);
    const text = await (await (await folder.getFileHandle(noticeName)).getFile()).text();
    expect(text).toMatch(/^This merge is not finished\. Do not use the files/);
    await sink.commit(true);
    expect(await noticeOf(folder)).toBeNull();
  });

  test('goes with what is taken back', async () => {
    const sink = directorySink(folder);
    await write(sink, 'config.json', '{}');
    await sink.abort();
    expect(await noticeOf(folder)).toBeNull();
    expect(await content()).toEqual({});
  });

  test('tells what to remove after a kill: its files and the browser’s, and nothing else', async () => {
    const sink = directorySink(folder);
    await write(sink, 'unet/a.safetensors', 'abc');
    await write(sink, 'config.json', '{}');
    await sink.commit(true);
    // As a killed browser leaves it: one file whole, one empty, swap files beside.
    for (const name of ['config.json.crswap', `${noticeName}.crswap`, 'mine.txt', 'x.crswap']) {
      await put(name, 'x');
    }
    await put(noticeName, 'Do not use.\n\nFiles of the merge:\nunet/a.safetensors\nconfig.json\n');
    expect(await unfinishedIn(root)).toContain(folder.name);
    await removeUnfinishedFiles(folder);
    expect(await unfinishedIn(root)).not.toContain(folder.name);
    expect((await folderFiles(folder)).map(({ path }) => path)).toEqual(['mine.txt', 'x.crswap']);
  });

  test('where there is none, nothing is removed', async () => {
    await put('config.json', 'mine');
    await removeUnfinishedFiles(folder);
    expect(await content()).toEqual({ 'config.json': 'mine' });
  });
});

describe('what the disk does to it', () => {
  test.each([
    ['quota', 'QuotaExceededError'],
    ['permission', 'NotAllowedError'],
    ['disk', 'NotFoundError'],
    ['disk', 'InvalidStateError'],
  ])('%s, from a %s', async (tag, name) => {
    const sink = directorySink(folder);
    const file = await sink.create('a.safetensors', 3);
    vi.spyOn(FileSystemWritableFileStream.prototype, 'write').mockRejectedValue(
      new DOMException('no', name),
    );
    await expect(file.write(bytes('abc'), 0)).rejects.toMatchObject({
      name: 'WriteError',
      tag,
      context: { file: 'a.safetensors' },
    });
    await expect(file.write(bytes('abc'), 0)).rejects.toMatchObject({ tag: 'closed' });
    await sink.abort();
    expect(await content()).toEqual({});
  });

  test('a file shorter than announced is never shown', async () => {
    const sink = directorySink(folder);
    const file = await sink.create('a.safetensors', 3);
    await file.write(bytes('ab'), 0);
    await expect(file.close()).rejects.toMatchObject({ tag: 'size' });
    await expect(sink.commit(true)).rejects.toMatchObject({ tag: 'closed' });
    expect(await content()).toEqual({ 'a.safetensors': '' });
  });

  test('names the folder cannot hold are refused', async () => {
    const create = directorySink(folder).create('../a', 1);
    await expect(create).rejects.toMatchObject({ tag: 'name' });
  });
});
