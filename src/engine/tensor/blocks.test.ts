import { expect, test } from 'vitest';
import type { Block } from '../../compute/backend.ts';
import type { Source } from '../../io/source.ts';
import { countingSource, failingSource, memorySource } from '../../testing/memory-source.ts';
import { planeBlocks, type Reader } from './blocks.ts';

const signal = new AbortController().signal;
const bytes = Uint8Array.from({ length: 4000 }, (_, i) => i % 251);

function reader(source: Source, budget: number): Reader {
  const sources = { weights: () => source, companion: () => source };
  return { sources, tensor: 'w', outputBytes: 4, budget };
}

/** Two F32 planes of 400 elements, one after the other from byte 800 on. */
const planes = {
  models: [{ model: 'a', file: 0, begin: 800, end: 2400, dtype: 'F32' as const }],
  base: { model: 'base', file: 0, begin: 2400, end: 4000, dtype: 'F32' as const },
  readAs: 'F32' as const,
  elementCount: 400,
};

async function all(blocks: AsyncIterable<Block>): Promise<Block[]> {
  const found: Block[] = [];
  for await (const block of blocks) found.push(block);
  return found;
}

test('a tensor that fits is read once, however often it is asked for', async () => {
  const source = countingSource(memorySource('m', bytes));
  const blocks = planeBlocks(planes, reader(source, 2 ** 20));
  const [first] = await all(blocks.read(signal));
  const [second] = await all(blocks.read(signal));
  expect(first.count).toBe(400);
  expect(first.planes[0]).toEqual(bytes.slice(800, 2400));
  expect(first.planes[1]).toEqual(bytes.slice(2400, 4000));
  expect(second).toBe(first);
  expect(source.bytesRead()).toBe(3200);
});

test('a tensor that does not fit comes in aligned blocks and is read again', async () => {
  const source = countingSource(memorySource('m', bytes));
  const blocks = planeBlocks(planes, reader(source, 4096));
  const found = await all(blocks.read(signal));
  expect(found.map(({ start }) => start)).toEqual([0, 48, 96, 144, 192, 240, 288, 336, 384]);
  expect(found.at(-1)!.count).toBe(16);
  const joined = found.flatMap((block) => [...block.planes[0]]);
  expect(joined).toEqual([...bytes.slice(800, 2400)]);
  await all(blocks.read(signal));
  expect(source.bytesRead()).toBe(6400);
});

test('reading can go on at a later block without touching the earlier ones', async () => {
  const source = countingSource(memorySource('m', bytes));
  const blocks = planeBlocks(planes, reader(source, 4096));
  const found = await all(blocks.from(336).read(signal));
  expect(found.map(({ start, count }) => [start, count])).toEqual([
    [336, 48],
    [384, 16],
  ]);
  expect(source.bytesRead()).toBe(2 * 64 * 4);
});

test('the planes of a block are asked for together', async () => {
  let open = 0;
  let most = 0;
  const source: Source = {
    name: 'm',
    size: 4000,
    async read(begin, end) {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 2));
      open -= 1;
      return bytes.slice(begin, end);
    },
  };
  await all(planeBlocks(planes, reader(source, 2 ** 20)).read(signal));
  expect(most).toBe(2);
});

test('a failure names step, tensor and file, and keeps the tag', async () => {
  const source = failingSource(memorySource('shard-2.safetensors', bytes), 3000);
  const blocks = planeBlocks(planes, reader(source, 4096));
  const error = await all(blocks.read(signal)).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    tag: 'disk',
    context: { step: 'read', tensor: 'w', file: 'shard-2.safetensors' },
  });
  expect((error as Error).message).toContain('Reading “w” from shard-2.safetensors failed');
});

test('an abort stops the reading', async () => {
  const stop = new AbortController();
  const source = countingSource(memorySource('m', bytes));
  const blocks = planeBlocks(planes, reader(source, 4096));
  const seen: number[] = [];
  const reading = (async () => {
    for await (const block of blocks.read(stop.signal)) {
      seen.push(block.start);
      if (block.start === 48) stop.abort();
    }
  })();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  expect(seen.length).toBeLessThanOrEqual(3);
});

test('a tensor without elements has no blocks', async () => {
  const empty = { models: planes.models, base: null, readAs: 'F32' as const, elementCount: 0 };
  const blocks = planeBlocks(empty, reader(memorySource('m', bytes), 4096));
  expect(await all(blocks.read(signal))).toEqual([]);
});
