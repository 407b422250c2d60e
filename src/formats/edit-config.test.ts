import { expect, test } from 'vitest';
import { editConfig } from './edit-config.ts';

test('a member is set in place and all else stays as it was written', () => {
  const text = '{\n  "a": 8.0,\n  "vocab_size": 10,\n  "b": [1, 2]\n}\n';
  expect(editConfig(text, [{ path: ['vocab_size'], value: 12 }])).toBe(
    '{\n  "a": 8.0,\n  "vocab_size": 12,\n  "b": [1, 2]\n}\n',
  );
});

test('a member that is not there is added at the end, an object over several lines', () => {
  expect(editConfig('{"a": 1}', [{ path: ['id2label'], value: { 0: 'no' } }])).toBe(
    '{"a": 1,\n  "id2label": {\n    "0": "no"\n  }\n}',
  );
  expect(editConfig('{}', [{ path: ['a'], value: null }])).toBe('{\n  "a": null\n}');
});

test('a member of an inner config is set there, and only there', () => {
  const text = '{"vocab_size": 1, "text_config": {"vocab_size": 10}}';
  expect(editConfig(text, [{ path: ['text_config', 'vocab_size'], value: 12 }])).toBe(
    '{"vocab_size": 1, "text_config": {"vocab_size": 12}}',
  );
});

test('several edits are made, and of equal keys the last is the one that counts', () => {
  const edits = [
    { path: ['a'], value: 3 },
    { path: ['b'], value: 'x' },
  ];
  expect(JSON.parse(editConfig('{"a": 1, "a": 2, "b": "y"}', edits))).toEqual({ a: 3, b: 'x' });
});

test('a member of an object that is not there is left out', () => {
  expect(editConfig('{"a": 1}', [{ path: ['text_config', 'a'], value: 2 }])).toBe('{"a": 1}');
});
