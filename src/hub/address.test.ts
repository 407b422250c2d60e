import { describe, expect, test } from 'vitest';
import { parseAddress, parseDatasetAddress, repoOfUrl, resolveUrl } from './address.ts';

describe('a person may paste', () => {
  test.each<[text: string, revision: string | null, path: string | null]>([
    [' org/name ', null, null],
    ['org/name@v1.0', 'v1.0', null],
    ['org/name@refs/pr/3', 'refs/pr/3', null],
    ['https://huggingface.co/org/name', null, null],
    ['huggingface.co/org/name/', null, null],
    ['https://hf.co/org/name?library=transformers#files', null, null],
    ['https://huggingface.co/org/name/tree/main', 'main', null],
    ['https://huggingface.co/org/name/tree/a%2Fb/sub', 'a/b', 'sub'],
    ['https://huggingface.co/org/name/tree/refs/pr/7', 'refs/pr/7', null],
    [
      'https://huggingface.co/org/name/blob/main/sub/a%23b.safetensors',
      'main',
      'sub/a#b.safetensors',
    ],
    [
      'https://huggingface.co/org/name/resolve/0a1b/model.safetensors?download=true',
      '0a1b',
      'model.safetensors',
    ],
    ['https://huggingface.co/org/name/discussions/4', null, null],
  ])('%s', (text, revision, path) => {
    expect(parseAddress(text)).toEqual({ repo: 'org/name', revision, path });
  });

  test('an address of the Hub that is used, wherever it is', () => {
    const hubUrl = 'http://localhost:4000';
    expect(parseAddress('http://localhost:4000/org/name', hubUrl)).toMatchObject({
      repo: 'org/name',
    });
  });
});

test.each([
  ['https://huggingface.co/datasets/org/name', 'data set'],
  ['datasets/org/name', 'data set'],
  ['https://huggingface.co/spaces/org/name', 'Space'],
  ['https://huggingface.co/docs/hub', 'not a model'],
  ['https://huggingface.co/org', 'not a model'],
  ['https://huggingface.co/org/%E0%A4', 'not a model'],
  ['https://example.org/org/name', 'not an address of huggingface.co'],
])('%s is refused with a reason', (text, reason) => {
  expect(parseAddress(text)).toEqual({ refused: expect.stringContaining(reason) });
});

describe('a data set may be given as', () => {
  test.each<[text: string, revision: string | null, path: string | null, part: string | null]>([
    [' org/name ', null, null, null],
    ['org/name@v1', 'v1', null, null],
    ['org/name@refs/convert/parquet', 'refs/convert/parquet', null, null],
    ['datasets/org/name', null, null, null],
    ['hf://datasets/org/name@v1/data/a.jsonl', 'v1', 'data/a.jsonl', null],
    ['https://huggingface.co/datasets/org/name', null, null, null],
    ['https://huggingface.co/datasets/org/name/tree/main/data', 'main', 'data', null],
    ['hf.co/datasets/org/name/blob/0a1b/a%20b.csv', '0a1b', 'a b.csv', null],
    [
      'https://huggingface.co/datasets/org/name/resolve/refs%2Fconvert%2Fparquet/main/test/0000.parquet',
      'refs/convert/parquet',
      'main/test/0000.parquet',
      null,
    ],
    ['https://huggingface.co/datasets/org/name/viewer/main/test?row=3', null, null, 'main/test'],
  ])('%s', (text, revision, path, part) => {
    expect(parseDatasetAddress(text)).toEqual({ repo: 'org/name', revision, path, part });
  });

  test.each([
    ['https://huggingface.co/org/name', 'not a data set'],
    ['https://example.org/datasets/org/name', 'not an address of huggingface.co'],
  ])('%s is refused with a reason', (text, reason) => {
    expect(parseDatasetAddress(text)).toEqual({ refused: expect.stringContaining(reason) });
  });

  test.each(['gsm8k', '', 'a b/c'])('"%s" is none', (text) => {
    expect(parseDatasetAddress(text)).toBeNull();
  });
});

test.each(['llama', 'tiny llama/base', 'a/b/c', 'org/na..me', '', 'org/'])(
  '"%s" is something to search for',
  (text) => {
    expect(parseAddress(text)).toBeNull();
  },
);

test('the address of a file keeps slashes of its path, and only those', () => {
  expect(resolveUrl('https://h.test', 'org/name', 'refs/pr/1', 'a b/c#d?e%.bin')).toBe(
    'https://h.test/org/name/resolve/refs%2Fpr%2F1/a%20b/c%23d%3Fe%25.bin',
  );
});

test('the repo of a request is read from its address', () => {
  const repo = (path: string) => repoOfUrl(`https://h.test${path}`, 'https://h.test');
  expect(repo('/api/models/org/name/revision/main?blobs=true')).toBe('org/name');
  expect(repo('/org/name.git/info/lfs/objects/batch')).toBe('org/name');
  expect(repo('/org/name/resolve/main/a')).toBe('org/name');
  expect(repo('/datasets/org/name/resolve/main/a')).toBe('datasets/org/name');
  expect(repo('/api/datasets/org/name/revision/main')).toBe('datasets/org/name');
  expect(repo('/api/datasets?search=a')).toBeNull();
  expect(repo('/api/whoami-v2')).toBeNull();
  expect(repo('/api/repos/create')).toBeNull();
  expect(repo('/api/models?search=a')).toBeNull();
  expect(repoOfUrl('https://cdn.test/org/name', 'https://h.test')).toBeNull();
});
