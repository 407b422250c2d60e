import { expect, test } from 'vitest';
import type { Block } from '../../compute/backend.ts';
import type { ComputedPlane, StoredPlane } from '../../plan/types.ts';
import { decode } from '../../testing/encode.ts';
import { countingSource, memorySource } from '../../testing/memory-source.ts';
import { planeBlocks } from './blocks.ts';

/** A base of 4 × 3; of each of two adapters B of 4 × 1 and A of 1 × 3, all F32. */
const base = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const values = Float32Array.of(...base, 1, 2, 3, 4, 1, 0, -1, 10, 0, 0, 10, 0, 1, 0);
const span = (from: number, to: number) => ({ model: 'm', file: 0, begin: 4 * from, end: 4 * to });
const stored = (input: number, rows: number, columns: number) =>
  ({ kind: 'stored', input, dtype: 'F32', rows, columns, transposed: false }) as const;
const updated = (first: number): ComputedPlane => ({
  ...{ dtype: 'F32', from: 0, to: 12 },
  formula: {
    ...{ kind: 'update', sizes: [1, 4, 3], scale: 1, magnitudes: null, base: 'F32' },
    matrix: { kind: 'product', left: stored(0, 4, 1), right: stored(1, 1, 3) },
  },
  inputs: [span(first, first + 4), span(first + 4, first + 7), span(0, 12)],
});
const own: StoredPlane = { ...span(0, 12), dtype: 'F32' };
const first = [2, 2, 2, 6, 5, 4, 10, 8, 6, 14, 11, 8];
const second = [1, 12, 3, 4, 5, 6, 7, 8, 9, 10, 21, 12];

async function read(withBase: boolean, places: boolean) {
  const source = countingSource(memorySource('m', new Uint8Array(values.buffer)));
  const sources = { weights: () => source, companion: () => source };
  const planes = {
    models: [updated(12), updated(19)],
    ...{ base: withBase ? own : null, readAs: 'F32' as const, elementCount: 12 },
  };
  const blocks = planeBlocks(planes, { sources, tensor: 'w', outputBytes: 4, budget: 2 ** 20 });
  const room = (_: number, count: number) =>
    blocks.dtypes.map(() => new Uint8Array(4 * count).fill(255));
  const found: Block[] = [];
  const { signal } = new AbortController();
  for await (const block of blocks.read(signal, places ? room : undefined)) found.push(block);
  return { planes: found[0].planes.map((bytes) => decode(bytes, 'F32')), source };
}

test.each([
  ['in rooms of its own', false],
  ['in a room that is given', true],
])('two adapters and their base read the weight once, %s', async (_, places) => {
  const { planes, source } = await read(true, places);
  expect(planes).toEqual([first, second, base]);
  expect(source.bytesRead()).toBe(4 * values.length);
});

test('two adapters without a plane of the base read the weight once', async () => {
  const { planes, source } = await read(false, false);
  expect(planes).toEqual([first, second]);
  expect(source.bytesRead()).toBe(4 * values.length);
});
