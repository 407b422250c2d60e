import { expect, test } from 'vitest';
import { poolingOf } from './pooling.ts';

const module = (kind: string, path: string, from = 'sentence_transformers.models') => ({
  ...{ path, type: `${from}.${kind}` },
});
const two = [module('Transformer', ''), module('Pooling', '1_Pooling')];
const read = (files: Readonly<Record<string, unknown>>) => async (path: string) =>
  path in files ? JSON.stringify(files[path]) : null;

test.each([
  [{ pooling_mode_mean_tokens: true, pooling_mode_cls_token: false }, 'mean'],
  [{ pooling_mode_cls_token: true }, 'cls'],
  [{ pooling_mode_lasttoken: true }, 'last'],
  [{ pooling_mode: 'cls' }, 'cls'],
])('%o is told', async (config, pooling) => {
  const modules = [...two, module('Normalize', '2_Normalize')];
  const files = { 'modules.json': modules, '1_Pooling/config.json': config };
  expect(await poolingOf(read(files))).toBe(pooling);
});

test('a model that is no such folder says nothing of pooling', async () => {
  expect(await poolingOf(read({}))).toBeNull();
  expect(await poolingOf(read({ 'modules.json': two.slice(0, 1) }))).toBeNull();
});

test.each([
  [
    { 'modules.json': [...two, module('Dense', '2_Dense')] },
    /modules\.json: found the module Dense; expected only Transformer, Pooling, Normalize/,
  ],
  [{ 'modules.json': two }, /1_Pooling\/config\.json: found nothing that says how to pool/],
  [
    { 'modules.json': two, '1_Pooling/config.json': { pooling_mode_max_tokens: true } },
    /pooling by max; expected one of mean, cls, lasttoken/,
  ],
  [
    { 'modules.json': two, '1_Pooling/config.json': { pooling_mode: ['mean', 'cls'] } },
    /pooling by mean and cls/,
  ],
])('what llama.cpp cannot do is refused by name: %o', async (files, message) => {
  await expect(poolingOf(read(files))).rejects.toThrow(message);
});

test('a file that is no JSON is named', async () => {
  await expect(poolingOf(async () => '{')).rejects.toThrow(/modules\.json: found no JSON/);
});
