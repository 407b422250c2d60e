import { expect, test } from 'vitest';
import type { Sink, SinkFile } from '../../io/sink.ts';
import { memorySource } from '../../testing/memory-source.ts';
import { inlineAuditor } from '../check/auditor.ts';
import { checksumOf } from '../tensor/make.ts';
import { OutputFile } from './output-file.ts';

const content = Uint8Array.from({ length: 9 }, (_, i) => i * 7);
const nowhere = { ...memorySource('x', content), read: () => Promise.reject(new Error('read')) };

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

/** A file of nine bytes; `read`, where there is one, reads `stored`, which holds what was written. */
async function opened(
  read?: (stored: Uint8Array, into: Uint8Array, at: number) => void,
  idleBuffers: ArrayBuffer[] = [],
) {
  const stored = new Uint8Array(content.length);
  const readBack: number[] = [];
  const file: SinkFile = {
    write: async (bytes, at) => stored.set(bytes, at),
    close: async () => {},
    ...(read && {
      read(into, at) {
        readBack.push(at);
        read(stored, into, at);
      },
    }),
  };
  let checked = 0;
  const output = await OutputFile.create(
    'out',
    content.length,
    { tensors: [] },
    {
      sink: { create: async () => file } as unknown as Sink,
      auditor: inlineAuditor(),
      idleBuffers,
      signal: new AbortController().signal,
      onChecked: (bytes) => {
        checked += bytes;
      },
    },
  );
  const write = async (from: number, to: number) => {
    const bytes = content.slice(from, to);
    await output.write({ at: from, bytes, checksum: await checksumOf(bytes) });
    await new Promise((resolve) => setTimeout(resolve, 5)); // what can be read back is
  };
  return { output, write, readBack, stored, checked: () => checked };
}

const faithful = (stored: Uint8Array, into: Uint8Array, at: number) =>
  into.set(stored.subarray(at, at + into.length));

test('what lies there without a gap from the beginning is checked while the rest is made', async () => {
  const { output, write, readBack, checked } = await opened(faithful);
  await write(3, 5);
  expect(readBack).toEqual([]);
  await write(0, 3);
  expect(readBack).toEqual([0, 3]);
  expect(checked()).toBe(5);
  await write(5, 9);
  await output.close();
  expect(readBack).toEqual([0, 3, 5]);
  const found = await output.finish(nowhere); // nothing is left to read
  expect(found).toEqual({ sha256: await sha256(content), different: 0, nonFinite: [] });
  expect(checked()).toBe(9);
});

test('where nothing can be read before it is closed, all of it is afterwards', async () => {
  const { output, write, checked } = await opened();
  await write(5, 9);
  await write(0, 5);
  await output.close();
  expect(checked()).toBe(0);
  const found = await output.finish(memorySource('out', content));
  expect(found).toEqual({ sha256: await sha256(content), different: 0, nonFinite: [] });
  expect(checked()).toBe(9);
});

test('a piece that reads back differently is counted, and the hash is of what is there', async () => {
  const { output, write, stored } = await opened((bytes, into, at) => {
    bytes[4] = 99;
    faithful(bytes, into, at);
  });
  for (const [from, to] of [
    [0, 3],
    [3, 6],
    [6, 9],
  ]) {
    await write(from, to);
  }
  await output.close();
  const { different, sha256: found } = await output.finish(nowhere);
  expect(different).toBe(1);
  expect(found).toBe(await sha256(stored));
});

test('a read that fails is told when the file is closed', async () => {
  const { output, write } = await opened(() => {
    throw new Error('the disk is broken');
  });
  await write(0, 9);
  await expect(output.close()).rejects.toThrow('the disk is broken');
});

test('files one after the other take the same buffer', async () => {
  const buffers: ArrayBuffer[] = [];
  for (const _ of [1, 2, 3]) {
    const { output, write } = await opened(faithful, buffers);
    await write(0, 9);
    await output.close();
    await output.finish(nowhere);
  }
  expect(buffers).toHaveLength(1);
});
