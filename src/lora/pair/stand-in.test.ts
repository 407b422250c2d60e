import { expect, test } from 'vitest';
import { adapterOf, addedRows, rising } from '../../testing/pairing.ts';
import { pair } from './pair.ts';
import { standInBase } from './stand-in.ts';

/** Names, and of each adapter what it adds to the rows. */
const table = (...lists: readonly (readonly ReturnType<typeof rising>[])[]) => {
  const adapters = lists.map((updates) => adapterOf(updates));
  const base = standInBase(adapters);
  const pairings = adapters.map((adapter) => pair(adapter, base));
  const rows = [...base.keys()].map((name) => [
    name.replace(/\.weight$/, ''),
    ...pairings.map(({ pairs }) => {
      const found = pairs.find(({ tensor }) => tensor === name);
      return found ? addedRows(found) : null;
    }),
  ]);
  return { rows, unmatched: pairings.map(({ unmatched }) => unmatched) };
};

test('modules of the same name are one row; who lacks one has an empty place', () => {
  const { rows, unmatched } = table(
    [rising('model.layers.0.q', [2, 3]), rising('model.layers.1.q', [2, 3], 3)],
    [rising('model.layers.1.q', [2, 3], 7, { scale: 2 }), rising('model.layers.2.q', [2, 3], 9)],
  );
  expect(unmatched).toEqual([[], []]);
  expect(rows).toEqual([
    ['model.layers.0.q', [1, 2], null],
    ['model.layers.1.q', [3, 4], [14, 16]],
    ['model.layers.2.q', null, [9, 10]],
  ]);
});

test('wrappers and dialects do not matter, nor which adapter comes first', () => {
  const kohya = rising('lora_unet_down_blocks_0_attentions_0_proj_in', [2, 3], 1);
  const sgm = rising('lora_unet_input_blocks_1_1_proj_in', [2, 3], 3);
  const diffusers = rising('unet.down_blocks.0.attentions.0.proj_in', [2, 3], 5);
  expect(table([kohya], [sgm], [diffusers]).rows).toEqual([
    ['unet.down_blocks.0.attentions.0.proj_in', [1, 2], [3, 4], [5, 6]],
  ]);
  expect(table([kohya], [sgm]).rows).toEqual([
    ['lora_unet_down_blocks_0_attentions_0_proj_in', [1, 2], [3, 4]],
  ]);
  const wrapped = [rising('model.layers.0.q', [2, 3])];
  expect(table(wrapped, [rising('layers.0.q', [2, 3], 3)]).rows).toEqual([
    ['model.layers.0.q', [1, 2], [3, 4]],
  ]);
});

test('what one has fused is cut to what another has apart, and the other way round', () => {
  const fused = [rising('lora_unet_double_blocks_0_img_attn_qkv', [6, 2])];
  const parts = ['q', 'k', 'v'].map((part, k) =>
    rising(`transformer.transformer_blocks.0.attn.to_${part}`, [2, 2], 10 * (k + 1)),
  );
  expect(table(fused, parts).rows).toEqual([
    ['transformer.transformer_blocks.0.attn.to_q', [1, 2], [10, 11]],
    ['transformer.transformer_blocks.0.attn.to_k', [3, 4], [20, 21]],
    ['transformer.transformer_blocks.0.attn.to_v', [5, 6], [30, 31]],
  ]);
  const dotted = [rising('diffusion_model.double_blocks.0.img_attn.qkv', [6, 2])];
  expect(table(dotted, parts.slice(1, 2)).rows).toEqual([
    ['diffusion_model.double_blocks.0.img_attn.qkv', [1, 2, 3, 4, 5, 6], [0, 0, 20, 21, 0, 0]],
  ]);
});

test('an adapter of another width does not go with the others', () => {
  const { rows, unmatched } = table(
    [rising('layers.0.q', [2, 3])],
    [rising('layers.0.q', [4, 3]), rising('layers.1.q', [4, 3])],
  );
  expect(rows.map(([name]) => name)).toEqual(['layers.0.q', 'layers.1.q']);
  expect(unmatched.map((list) => list.map(({ module, why }) => [module, why.kind]))).toEqual([
    [],
    [['layers.0.q', 'shape']],
  ]);
});

test('biases go with biases', () => {
  const bias = (module: string, first: number) => rising(module, [2, 1], first, { of: 'bias' });
  const { rows, unmatched } = table(
    [rising('model.layers.0.q', [2, 3])],
    [rising('layers.0.q', [2, 3], 3), bias('layers.0.q', 5)],
    [bias('layers.0.q', 7)],
  );
  expect(unmatched).toEqual([[], [], []]);
  expect(rows).toEqual([
    ['model.layers.0.q', [1, 2], [3, 4], null],
    ['model.layers.0.q.bias', null, [5, 6], [7, 8]],
  ]);
});

test('two updates of one module in one adapter are named, and no adapters are no error', () => {
  const twice = [rising('layers.0.q', [2, 3]), rising('layers.0.q', [2, 3])];
  const { rows, unmatched } = table(twice);
  expect(rows).toEqual([['layers.0.q', null]]);
  expect(unmatched[0].map(({ why }) => why.kind)).toEqual(['clash', 'clash']);
  expect(standInBase([])).toEqual(new Map());
});
