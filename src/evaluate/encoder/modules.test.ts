import { expect, test } from 'vitest';
import type { Weights } from '../forward/loading.ts';
import { loadHead } from './head.ts';
import { type Modules, modulesOf } from './modules.ts';

const module = (kind: string, path: string) => ({
  ...{ path, type: `sentence_transformers.models.${kind}` },
});
const folder = (files: Readonly<Record<string, unknown>>) => async (path: string) =>
  files[path] ?? null;
const two = [module('Transformer', ''), module('Pooling', '1_Pooling')];
const mean = { word_embedding_dimension: 2, pooling_mode_mean_tokens: true };

test('a folder without modules takes the mean', async () => {
  expect(await modulesOf(folder({}))).toEqual({ path: '', poolings: ['mean'], behind: [] });
});

test('modules are read in their order, of older files and newer ones', async () => {
  const modules = await modulesOf(
    folder({
      'modules.json': [
        module('Transformer', '0_Transformer'),
        module('Pooling', '1_Pooling'),
        module('Dense', '2_Dense'),
        module('Normalize', '3_Normalize'),
      ],
      '1_Pooling/config.json': {
        pooling_mode_cls_token: true,
        ...{ pooling_mode_mean_tokens: false, pooling_mode_max_tokens: true },
      },
      '2_Dense/config.json': {
        ...{ in_features: 4, out_features: 3, bias: true },
        activation_function: 'torch.nn.modules.activation.Tanh',
      },
    }),
  );
  const dense = { path: '2_Dense', from: 4, to: 3, biased: true, activation: 'tanh' };
  expect(modules).toEqual({
    ...{ path: '0_Transformer', poolings: ['cls', 'max'], behind: [dense, 'normalize'] },
  });
  const newer = { 'modules.json': two, '1_Pooling/config.json': { pooling_mode: 'cls' } };
  expect((await modulesOf(folder(newer))).poolings).toEqual(['cls']);
});

test.each([
  [{ 'modules.json': [module('CLIPModel', '')] }, 'modules.json has the module CLIPModel'],
  [{ 'modules.json': two }, '1_Pooling/config.json is missing'],
  [
    { 'modules.json': two, '1_Pooling/config.json': { pooling_mode_lasttoken: true } },
    '1_Pooling/config.json asks for pooling by “lasttoken”',
  ],
  [
    { 'modules.json': [...two, module('LSTM', '2_LSTM')], '1_Pooling/config.json': mean },
    'modules.json has the module LSTM',
  ],
])('what is not known is refused by name: %o', async (files, message) => {
  await expect(modulesOf(folder(files))).rejects.toThrow(message);
});

const rows = Float32Array.of(1, -4, 3, 2, 5, -1);
const weights: Weights = {
  shape: (name) => (name === '2_Dense/linear.weight' ? [1, 2] : null),
  read: async () => Float32Array.of(2, -1),
};
const vectorBy = async (modules: Partial<Modules>) =>
  (await loadHead({ path: '', poolings: ['mean'], behind: [], ...modules }, weights))(rows, 2);

test('rows are pooled by the first, the largest, or the mean', async () => {
  expect([...(await vectorBy({ poolings: ['cls'] }))]).toEqual([1, -4]);
  expect([...(await vectorBy({ poolings: ['max'] }))]).toEqual([5, 2]);
  expect([...(await vectorBy({ poolings: ['mean'] }))]).toEqual([3, -1]);
  expect([...(await vectorBy({ poolings: ['cls', 'mean'] }))]).toEqual([1, -4, 3, -1]);
});

test('a dense layer and a normalisation follow in their order', async () => {
  const dense = { path: '2_Dense', from: 2, to: 1, biased: false, activation: 'tanh' } as const;
  expect([...(await vectorBy({ behind: [dense] }))]).toEqual([Math.tanh(7)]);
  const [x, y] = await vectorBy({ behind: ['normalize'] });
  expect([x, y]).toEqual([3 / Math.sqrt(10), -1 / Math.sqrt(10)]);
  await expect(vectorBy({ behind: [{ ...dense, biased: true }] })).rejects.toThrow(
    '2_Dense/linear.bias is missing; 2_Dense/config.json makes it [1].',
  );
});
