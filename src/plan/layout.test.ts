import { expect, test } from 'vitest';
import type { Dtype } from '../numerics/dtype.ts';
import type { UnplacedJob } from './jobs.ts';
import { layOutFiles } from './layout.ts';

const job = (tensor: string, byteLength: number, dtype: Dtype = 'U8'): UnplacedJob => ({
  tensor,
  component: tensor.includes('/') ? tensor.split('/')[0] : '',
  dtype,
  shape: [dtype === 'U8' ? byteLength : byteLength / 4],
  byteLength,
  parts: [],
  original: null,
});

const naming = (shardBytes: number | null) => () => ({ stem: 'model', shardBytes });

const shardsOf = (jobs: readonly UnplacedJob[], limit: number | null) => {
  const layout = layOutFiles(jobs, naming(limit), {});
  return layout.files.map((_, file) =>
    layout.jobs.filter((placed) => placed.file === file).map(({ tensor }) => tensor),
  );
};

test('without a limit all tensors are in one file and there is no index', () => {
  const layout = layOutFiles([job('a', 10), job('b', 20)], naming(null), {});
  expect(layout.files).toHaveLength(1);
  expect(layout.files[0].name).toBe('model.safetensors');
  expect(layout.indices).toEqual([]);
});

test('a shard may be filled exactly', () => {
  expect(shardsOf([job('a', 10), job('b', 20), job('c', 1)], 30)).toEqual([['a', 'b'], ['c']]);
});

test('a tensor larger than a shard has one of its own', () => {
  const jobs = [job('a', 10), job('big', 100), job('c', 5), job('d', 5)];
  expect(shardsOf(jobs, 30)).toEqual([['a'], ['big'], ['c', 'd']]);
});

test('a limit that is not reached makes one file with the plain name', () => {
  const layout = layOutFiles([job('a', 10)], naming(1000), {});
  expect(layout.files[0].name).toBe('model.safetensors');
  expect(layout.indices).toEqual([]);
});

test('wide dtypes come first, so every tensor is aligned', () => {
  const { jobs, files } = layOutFiles([job('odd', 3), job('wide', 8, 'F32')], naming(null), {});
  expect(jobs.map(({ tensor }) => tensor)).toEqual(['wide', 'odd']);
  expect(files[0].header.length % 8).toBe(0);
  expect(files[0].byteLength).toBe(files[0].header.length + 11);
});

test('no tensors make one file with a header only', () => {
  const { files, jobs } = layOutFiles([], naming(null), {});
  expect(jobs).toEqual([]);
  expect(files[0].byteLength).toBe(files[0].header.length);
});

test('each component has files of its own, under its own names, with names as it stores them', () => {
  const jobs = [job('unet/a', 20), job('vae/a', 4), job('unet/b', 20), job('own', 4)];
  const layout = layOutFiles(
    jobs,
    (name) => ({ stem: name === '' ? 'model' : `${name}_weights`, shardBytes: 30 }),
    {},
  );
  expect(layout.files.map(({ name, component }) => [name, component])).toEqual([
    ['unet/unet_weights-00001-of-00002.safetensors', 'unet'],
    ['unet/unet_weights-00002-of-00002.safetensors', 'unet'],
    ['vae/vae_weights.safetensors', 'vae'],
    ['model.safetensors', ''],
  ]);
  expect(layout.jobs.map(({ tensor, file }) => [tensor, file])).toEqual([
    ['unet/a', 0],
    ['unet/b', 1],
    ['vae/a', 2],
    ['own', 3],
  ]);
  const headerOf = (file: number) =>
    Object.keys(JSON.parse(new TextDecoder().decode(layout.files[file].header.subarray(8))));
  expect([0, 1, 2, 3].map(headerOf)).toEqual([['a'], ['b'], ['a'], ['own']]);
  const [index, ...others] = layout.indices;
  expect(others).toEqual([]);
  expect(index.name).toBe('unet/unet_weights.safetensors.index.json');
  expect(JSON.parse('text' in index ? index.text : '').weight_map).toEqual({
    a: 'unet_weights-00001-of-00002.safetensors',
    b: 'unet_weights-00002-of-00002.safetensors',
  });
});
