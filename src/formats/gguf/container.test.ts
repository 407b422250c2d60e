import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gguf } from '@huggingface/gguf';
import { expect, test } from 'vitest';
import { bool, f32, f32s, i32s, layOut, string, strings, u32 } from './container.ts';

async function readBack(header: Uint8Array) {
  const folder = mkdtempSync(join(tmpdir(), 'gguf-'));
  try {
    const path = join(folder, 'it.gguf');
    writeFileSync(path, header);
    return await gguf(path, { allowLocalFile: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('every kind of value and every place is read by another reader', async () => {
  const layout = layOut(
    [
      ['general.architecture', string('llama')],
      ['a.count', u32(7)],
      ['a.size', f32(0.5)],
      ['a.is', bool(true)],
      ['a.signed', i32s([-1, 2])],
      ['a.floats', f32s([0.25])],
      ['a.none', strings([])],
      ['a.text', string('Ġ🚀')],
    ],
    [
      { name: 'one', shape: [3], type: 'F32' },
      { name: 'two', shape: [5, 64], type: 'Q8_0' },
    ],
  );
  const { metadata, tensorInfos, tensorDataOffset } = await readBack(layout.header);
  expect(metadata).toMatchObject({
    ...{ version: 3, 'a.count': 7, 'a.size': 0.5, 'a.is': true, 'a.signed': [-1, 2] },
    ...{ 'a.floats': [0.25], 'a.none': [], 'a.text': 'Ġ🚀' },
  });
  expect(tensorInfos.map(({ name, shape, dtype }) => [name, shape, dtype])).toEqual([
    ['one', [3n], 0],
    ['two', [64n, 5n], 8],
  ]);
  const places = tensorInfos.map(({ offset }) => Number(offset + tensorDataOffset));
  expect(layout.tensors.map(({ at }) => at)).toEqual(places);
  // 12 bytes and zeros up to 32; ten blocks of 34 bytes and zeros up to 352.
  expect(layout.size).toBe(layout.header.length + 32 + 352);
});

test('a vocabulary of any length fits: the header grows', async () => {
  const tokens = Array.from({ length: 50_000 }, (_, id) => `token ${id}`);
  const ids = tokens.map((_, id) => id);
  const { header } = layOut(
    [
      ['general.architecture', string('llama')],
      ['tokenizer.ggml.tokens', strings(tokens)],
      ['tokenizer.ggml.token_type', i32s(ids)],
    ],
    [],
  );
  const { metadata } = await readBack(header);
  const found = metadata as Record<string, unknown>;
  expect(found['tokenizer.ggml.tokens']).toEqual(tokens);
  expect(found['tokenizer.ggml.token_type']).toEqual(ids);
});
