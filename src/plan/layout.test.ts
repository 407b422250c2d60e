import { expect, test } from 'vitest';
import type { Dtype } from '../numerics/dtype.ts';
import type { UnplacedJob } from './jobs.ts';
import { layOutFiles } from './layout.ts';

const job = (tensor: string, byteLength: number, dtype: Dtype = 'U8'): UnplacedJob => ({
  tensor,
  dtype,
  shape: [dtype === 'U8' ? byteLength : byteLength / 4],
  byteLength,
  parts: [],
  original: null,
});

const shardsOf = (jobs: readonly UnplacedJob[], limit: number | null) => {
  const layout = layOutFiles(jobs, limit, {});
  return layout.files.map((_, file) =>
    layout.jobs.filter((placed) => placed.file === file).map(({ tensor }) => tensor),
  );
};

test('without a limit all tensors are in one file and there is no index', () => {
  const layout = layOutFiles([job('a', 10), job('b', 20)], null, {});
  expect(layout.files).toHaveLength(1);
  expect(layout.files[0].name).toBe('model.safetensors');
  expect(layout.index).toBeNull();
});

test('a shard may be filled exactly', () => {
  expect(shardsOf([job('a', 10), job('b', 20), job('c', 1)], 30)).toEqual([['a', 'b'], ['c']]);
});

test('a tensor larger than a shard has one of its own', () => {
  const jobs = [job('a', 10), job('big', 100), job('c', 5), job('d', 5)];
  expect(shardsOf(jobs, 30)).toEqual([['a'], ['big'], ['c', 'd']]);
});

test('a limit that is not reached makes one file with the plain name', () => {
  const layout = layOutFiles([job('a', 10)], 1000, {});
  expect(layout.files[0].name).toBe('model.safetensors');
  expect(layout.index).toBeNull();
});

test('wide dtypes come first, so every tensor is aligned', () => {
  const { jobs, files } = layOutFiles([job('odd', 3), job('wide', 8, 'F32')], null, {});
  expect(jobs.map(({ tensor }) => tensor)).toEqual(['wide', 'odd']);
  expect(files[0].header.length % 8).toBe(0);
  expect(files[0].byteLength).toBe(files[0].header.length + 11);
});

test('no tensors make one file with a header only', () => {
  const { files, jobs } = layOutFiles([], null, {});
  expect(jobs).toEqual([]);
  expect(files[0].byteLength).toBe(files[0].header.length);
});
