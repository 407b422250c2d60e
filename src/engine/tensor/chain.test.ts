import { expect, test } from 'vitest';
import type { Block } from '../../compute/backend.ts';
import { encode } from '../../testing/encode.ts';
import { memorySource } from '../../testing/memory-source.ts';
import { chainedBlocks, type Link } from './chain.ts';

const signal = new AbortController().signal;

/** Three tensors of 5, 50 and 7 elements, each with a model's plane and a base's. */
function chain(dtypes: readonly ('F32' | 'BF16')[]) {
  const sizes = [5, 50, 7];
  const files: Uint8Array[] = [];
  const plane = (values: number[], dtype: 'F32' | 'BF16') => {
    const bytes = encode(values, dtype);
    files.push(bytes);
    return { model: 'm', file: files.length - 1, begin: 0, end: bytes.length, dtype };
  };
  let next = 0;
  const links: Link[] = sizes.map((elementCount, i) => {
    const values = Array.from({ length: elementCount }, () => next++);
    return {
      tensor: `t${i}`,
      models: [plane(values, dtypes[i])],
      base: plane(
        values.map((value) => -value),
        dtypes[i],
      ),
      readAs: 'F32',
      elementCount,
    };
  });
  const weights = (_: string, file: number) => memorySource('m', files[file]);
  const reader = (budget: number) => ({
    sources: { weights, companion: () => memorySource('none', new Uint8Array()) },
    outputBytes: 0,
    budget,
  });
  return { links, reader };
}

async function read(blocks: AsyncIterable<Block>): Promise<Block[]> {
  const found: Block[] = [];
  for await (const block of blocks) found.push(block);
  return found;
}

const f32 = (bytes: Uint8Array) => [...new Float32Array(bytes.slice().buffer)];
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

test('small tensors are packed into one block, in order', async () => {
  const { links, reader } = chain(['F32', 'F32', 'F32']);
  const blocks = chainedBlocks(links, reader(2 ** 20));
  expect(blocks).toMatchObject({ elementCount: 62, dtypes: ['F32', 'F32'], hasBase: true });
  const [block, ...more] = await read(blocks.read(signal));
  expect(more).toEqual([]);
  expect([block.start, block.count]).toEqual([0, 62]);
  expect(f32(block.planes[0])).toEqual(upTo(62));
  expect(f32(block.planes[1])).toEqual(upTo(62).map((value) => -value));
});

test('within a small budget blocks are full and aligned, whatever the sizes of the tensors', async () => {
  const { links, reader } = chain(['F32', 'F32', 'F32']);
  const found = await read(chainedBlocks(links, reader(2048)).read(signal));
  expect(found.map(({ start, count }) => [start, count])).toEqual([
    [0, 16],
    [16, 16],
    [32, 16],
    [48, 14],
  ]);
  expect(found.flatMap((block) => f32(block.planes[0]))).toEqual(upTo(62));
});

test('planes of different dtypes are widened to F32', async () => {
  const { links, reader } = chain(['F32', 'BF16', 'F32']);
  const blocks = chainedBlocks(links, reader(2 ** 20));
  expect(blocks.dtypes).toEqual(['F32', 'F32']);
  const [block] = await read(blocks.read(signal));
  expect(f32(block.planes[0])).toEqual(upTo(62));
});

test('planes of one narrow dtype stay narrow', async () => {
  const { links, reader } = chain(['BF16', 'BF16', 'BF16']);
  const blocks = chainedBlocks(links, reader(2 ** 20));
  expect(blocks.dtypes).toEqual(['BF16', 'BF16']);
  const [block] = await read(blocks.read(signal));
  expect(block.planes[0]).toEqual(encode(upTo(62), 'BF16'));
});

test('a failing read names the tensor it was for', async () => {
  const { links, reader } = chain(['F32', 'F32', 'F32']);
  const short: Link = { ...links[1], models: [{ ...links[1].models[0], begin: 100_000 }] };
  const blocks = chainedBlocks([links[0], short], reader(2 ** 20));
  await expect(read(blocks.read(signal))).rejects.toMatchObject({ context: { tensor: 't1' } });
});
