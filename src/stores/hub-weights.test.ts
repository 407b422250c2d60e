import { expect, test } from 'vitest';
import type { HubRepo } from '../hub/repo.ts';
import { offeredBy } from './hub-weights.ts';

const commit = 'c'.repeat(40);

function repoOf(...paths: string[]): HubRepo {
  const files = paths.map((path) => ({ path, size: 10, sha256: null, oid: `o-${path}` }));
  return { id: 'org/m', commit, revision: null, model: null as never, files };
}

const offered = (...paths: string[]) => {
  const { candidates, refused } = offeredBy(repoOf(...paths));
  return {
    weights: candidates.map(({ weights }) => weights),
    opened: candidates.map(({ handles }) => handles.map(({ path }) => path)),
    bytes: candidates.map(({ bytes }) => bytes),
    refused: refused.map(({ name, reason }) => [name, reason]),
  };
};

test('the weights, their index and the small files beside them are opened, and nothing else', () => {
  const repo = offered(
    'README.md',
    'config.json',
    'model-00002-of-00002.safetensors',
    'model-00001-of-00002.safetensors',
    'model.safetensors.index.json',
    'tokenizer.json',
    'onnx/config.json',
    'consolidated.safetensors',
  );
  expect(repo.opened).toEqual([
    [
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
      'model.safetensors.index.json',
      'config.json',
      'tokenizer.json',
    ],
  ]);
  expect(repo.bytes).toEqual([20]);
});

test('the usual name comes first, then other weights, then those in folders', () => {
  const repo = offered(
    'checkpoint-1/model.safetensors',
    'checkpoint-1/config.json',
    'config.json',
    'extra.safetensors',
    'model.safetensors',
  );
  expect(repo.opened).toEqual([
    ['model.safetensors', 'config.json'],
    ['extra.safetensors', 'config.json'],
    ['checkpoint-1/model.safetensors', 'checkpoint-1/config.json'],
  ]);
});

test('a repo may hold the same weights whole and in shards, and in two numbers of shards', () => {
  const { weights, refused } = offered(
    'model.safetensors',
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    'model-00001-of-00003.safetensors',
    'model-00002-of-00003.safetensors',
    'model-00003-of-00003.safetensors',
  );
  expect(refused).toEqual([]);
  expect(weights.map((files) => files.length).sort()).toEqual([1, 2, 3]);
});

test('pickles and sets of shards with a hole are refused with the reason', () => {
  const { weights, refused } = offered(
    'pytorch_model.bin',
    'optimizer.pt',
    'model-00001-of-00003.safetensors',
  );
  expect(weights).toEqual([]);
  expect(new Map(refused.map(([name, reason]) => [name, reason]))).toEqual(
    new Map([
      ['pytorch_model.bin', 'found a Python pickle, which can run code when it is opened'],
      [
        'model-00001-of-00003.safetensors',
        'found no model-00002-of-00003.safetensors, model-00003-of-00003.safetensors',
      ],
    ]),
  );
});

test('an adapter is offered with its config', () => {
  const { candidates } = offeredBy(repoOf('adapter_config.json', 'adapter_model.safetensors'));
  expect(candidates.map(({ handles }) => handles.map(({ path }) => path))).toEqual([
    ['adapter_model.safetensors', 'adapter_config.json'],
  ]);
});

test('a handle names the commit and the content', () => {
  const [{ handles }] = offeredBy(repoOf('model.safetensors')).candidates;
  expect(handles).toEqual([
    {
      kind: 'hub',
      repo: 'org/m',
      commit,
      path: 'model.safetensors',
      size: 10,
      sha256: null,
      oid: 'o-model.safetensors',
    },
  ]);
});
