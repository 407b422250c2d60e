import { describe, expect, test } from 'vitest';
import { FormatError } from '../error.ts';
import type { Header } from './header.ts';
import { parseIndex, settle } from './index.ts';

const header = (...names: string[]): Header => ({
  tensors: names.map((name) => ({ name, dtype: 'U8', shape: [0], begin: 8, end: 8 })),
  metadata: {},
  byteLength: 8,
});
const headers = (shards: Record<string, Header>) => new Map(Object.entries(shards));
const index = (map: Record<string, unknown>) => JSON.stringify({ weight_map: map });

function refusal(act: () => unknown): FormatError {
  try {
    act();
  } catch (error) {
    if (error instanceof FormatError) return error;
  }
  throw new Error('not refused');
}

describe('parseIndex', () => {
  test('maps tensors to shards', () => {
    const { fileOf, files } = parseIndex(index({ b: '2.safetensors', a: '1.safetensors' }), 'i');
    expect([...fileOf]).toEqual([
      ['b', '2.safetensors'],
      ['a', '1.safetensors'],
    ]);
    expect(files).toEqual(['1.safetensors', '2.safetensors']);
  });

  test.each([
    ['..'],
    ['../secret.safetensors'],
    ['/etc/x.safetensors'],
    ['sub/x.safetensors'],
    ['sub\\x.safetensors'],
    ['C:x.safetensors'],
    ['pytorch_model.bin'],
    [''],
  ])('refuses the file name "%s"', (name) => {
    const error = refusal(() => parseIndex(index({ a: name }), 'm/index.json'));
    expect([error.tag, error.context.tensor, error.context.found]).toEqual([
      'index-file-name',
      'a',
      `the file name ${JSON.stringify(name)}`,
    ]);
  });

  test.each([
    ['bad-index', '{"weight_map":', 'invalid JSON at line 1, column 15: expected a value'],
    ['bad-index', '{"metadata":{}}', 'no weight_map'],
    ['bad-index', '[]', 'no weight_map'],
    ['bad-index', index({ a: 1 }), 'a file name that is no text'],
    [
      'duplicate-key',
      '{"weight_map":{"a":"x.safetensors","a":"x.safetensors"}}',
      'the key "a" twice, at line 1, column 36',
    ],
  ])('%s: %s', (tag, text, found) => {
    const error = refusal(() => parseIndex(text, 'i'));
    expect([error.tag, error.context.found]).toEqual([tag, found]);
  });
});

describe('index and shards', () => {
  const parsed = parseIndex(index({ a: '1.safetensors', b: '2.safetensors' }), 'i');
  const settled = (shards: Record<string, Header>) => settle(headers(shards), parsed, 'i');

  test('agree: nothing is said, nor about tensors that the index leaves out', () => {
    const { shardOf, remarks } = settled({
      '1.safetensors': header('a', 'extra'),
      '2.safetensors': header('b'),
    });
    expect(Object.fromEntries(shardOf)).toEqual({
      a: '1.safetensors',
      extra: '1.safetensors',
      b: '2.safetensors',
    });
    expect(remarks).toEqual([]);
  });

  test('files in upper case are those that the index names', () => {
    const { shardOf, remarks } = settled({
      '1.SAFETENSORS': header('a'),
      '2.Safetensors': header('b'),
    });
    expect(Object.fromEntries(shardOf)).toEqual({ a: '1.SAFETENSORS', b: '2.Safetensors' });
    expect(remarks).toEqual([]);
  });

  test('a tensor in two shards is taken from the one that the index names', () => {
    for (const first of ['1.safetensors', '2.safetensors']) {
      const map = index({ a: first, b: '2.safetensors', c: '1.safetensors' });
      const shards = headers({
        '1.safetensors': header('a', 'c'),
        '2.safetensors': header('a', 'b'),
      });
      const { shardOf, remarks } = settle(shards, parseIndex(map, 'i'), 'i');
      expect(shardOf.get('a')).toBe(first);
      expect(remarks).toEqual(['a lie in two shards; those that the index names are taken']);
    }
  });

  test('an index older than its shards counts less than they do, and that is said', () => {
    const { shardOf, remarks } = settled({
      '1.safetensors': header('b'),
      '2.safetensors': header('new'),
    });
    expect([...shardOf.keys()]).toEqual(['b', 'new']);
    expect(remarks).toEqual([
      'a are in the index and in no shard',
      'b lie in another shard than the index says',
      'new lie in a shard and not in the index',
    ]);
  });

  test.each([
    ['missing-shard', { '1.safetensors': header('a', 'b') }, 'no 2.safetensors'],
    [
      'duplicate-tensor',
      { '1.safetensors': header('a', 'x'), '2.safetensors': header('x', 'b') },
      'it in 1.safetensors too',
    ],
  ])('%s', (tag, shards: Record<string, Header>, found) => {
    const error = refusal(() => settled(shards));
    expect([error.tag, error.context.found]).toEqual([tag, found]);
  });
});

test('without an index, two shards with one tensor are refused', () => {
  const shards = headers({ '1': header('a'), '2': header('a') });
  expect(refusal(() => settle(shards, null, 'm')).tag).toBe('duplicate-tensor');
});
