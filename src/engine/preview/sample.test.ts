import { expect, test } from 'vitest';
import type { StoredPlane } from '../../plan/types.ts';
import { countingSource, memorySource } from '../../testing/memory-source.ts';
import type { Sources } from '../library/sources.ts';
import { Samples } from './sample.ts';

const signal = new AbortController().signal;
const bytes = new Uint8Array(Float32Array.from({ length: 64 }, (_, i) => i).buffer);
const planeAt = (first: number): StoredPlane => ({
  ...{ dtype: 'F32', model: 'm', file: 0 },
  ...{ begin: 4 * first, end: 4 * first + 32 },
});
/** Bytes that eight elements take, stored and decoded. */
const each = 8 * (4 + 4);

function shelf(most: number) {
  let fails = false;
  const counted = countingSource(memorySource('m', bytes));
  const source = {
    ...counted,
    async read(...ask: Parameters<typeof counted.read>) {
      if (fails) throw new Error('no network');
      return counted.read(...ask);
    },
  };
  const sources = { weights: () => source } as unknown as Sources;
  const samples = new Samples(most);
  return {
    samples,
    bytesRead: counted.bytesRead,
    fail: (now: boolean) => {
      fails = now;
    },
    read: (first: number) =>
      samples.read(planeAt(first), [[0, 8]], { sources, tensor: 'w', budget: 2 ** 20 }, signal),
  };
}

test('the same elements are read once, and given again', async () => {
  const { read, bytesRead } = shelf(each);
  expect([...(await read(8)).decoded]).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  expect((await read(8)).decoded[0]).toBe(8);
  expect(bytesRead()).toBe(32);
});

test('beyond the bound all are forgotten', async () => {
  const { read, samples } = shelf(2 * each);
  for (const first of [0, 8, 16]) await read(first);
  const known = [0, 8, 16].map((first) => samples.has(planeAt(first), [[0, 8]]));
  expect(known).toEqual([false, false, true]);
});

test('what failed is read again, and takes no room meanwhile', async () => {
  const { read, samples, fail } = shelf(2 * each);
  await read(0);
  fail(true);
  for (const first of [8, 16, 24]) {
    await expect(read(first)).rejects.toThrow('no network');
  }
  fail(false);
  expect((await read(8)).decoded[0]).toBe(8);
  expect(samples.has(planeAt(0), [[0, 8]])).toBe(true);
});
