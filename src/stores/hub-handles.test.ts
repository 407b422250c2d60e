import { expect, test } from 'vitest';
import { choices } from '../hub/choices.ts';
import type { HubRepo, RepoFile } from '../hub/repo.ts';
import { handlesOf } from './hub-handles.ts';

const file = (path: string, size = 10): RepoFile => ({
  path,
  size,
  sha256: null,
  oid: `o-${path}`,
});

function repoOf(...paths: string[]): HubRepo {
  const files = paths.map((path) => file(path));
  return { id: 'org/m', commit: 'c'.repeat(40), revision: null, model: null as never, files };
}

function pathsOf(repo: HubRepo, name: string): readonly string[] {
  const choice = choices(repo.files).choices.find((one) => one.name === name)!;
  return handlesOf(repo, choice).map(({ path }) => path);
}

test('the weights, their index and the small files beside them are opened, and nothing else', () => {
  const repo = repoOf(
    'README.md',
    'config.json',
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    'model.safetensors.index.json',
    'pytorch_model.bin',
    'tokenizer.json',
    'onnx/config.json',
    'consolidated.safetensors',
  );
  expect(pathsOf(repo, 'model')).toEqual([
    'config.json',
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    'model.safetensors.index.json',
    'tokenizer.json',
  ]);
});

test('of several weights only those that were chosen, with the files of their own folder', () => {
  const repo = repoOf(
    'config.json',
    'a.safetensors',
    'b.safetensors',
    'old/c.safetensors',
    'old/config.json',
  );
  expect(pathsOf(repo, 'b')).toEqual(['config.json', 'b.safetensors']);
  expect(pathsOf(repo, 'old/c')).toEqual(['old/c.safetensors', 'old/config.json']);
});

test('a handle names the commit and the content', () => {
  const repo = repoOf('model.safetensors');
  const [choice] = choices(repo.files).choices;
  expect(handlesOf(repo, choice)).toEqual([
    {
      kind: 'hub',
      repo: 'org/m',
      commit: 'c'.repeat(40),
      path: 'model.safetensors',
      size: 10,
      sha256: null,
      oid: 'o-model.safetensors',
    },
  ]);
});
