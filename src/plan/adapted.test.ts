import { expect, test } from 'vitest';
import type { Model, StoredTensor } from '../formats/model.ts';
import type { Update } from '../formats/update.ts';
import { headerModel } from '../testing/model.ts';
import { adapterOf, addedTo, rising } from '../testing/pairing.ts';
import { adaptedTo, baseOfAdapters } from './adapted.ts';

const adapter = (id: string, ...updates: readonly Update[]): Model => ({
  ...headerModel(id, {}),
  adapter: adapterOf(updates),
});

/** What each adds to which weight where there is no base. */
function together(...adapters: readonly Model[]) {
  const base = baseOfAdapters(adapters)!;
  return adapters.map((model) => addedTo(adaptedTo(base, model)!.pairing));
}

test('without a base, a weight that adapters call differently is one weight that both change', () => {
  const one = adapter('a', rising('model.layers.0.q', [2, 3]), rising('model.layers.1.q', [2, 3]));
  const other = adapter('b', rising('layers.1.q', [2, 3], 5), rising('layers.2.q', [2, 3], 7));
  expect(together(one, other)).toEqual([
    { 'model.layers.0.q.weight': [1, 2], 'model.layers.1.q.weight': [1, 2] },
    { 'model.layers.1.q.weight': [5, 6], 'layers.2.q.weight': [7, 8] },
  ]);
});

test('without a base, what one adapter has fused and another apart is cut', () => {
  const parts = ['q', 'k', 'v'].map((part, k) =>
    rising(`transformer_blocks.0.attn.to_${part}`, [2, 2], 10 * (k + 1)),
  );
  const fused = rising('double_blocks.0.img_attn.qkv', [6, 2]);
  const [, second] = together(adapter('a', ...parts), adapter('b', fused));
  expect(second).toEqual({
    'transformer_blocks.0.attn.to_q.weight': [1, 2],
    'transformer_blocks.0.attn.to_k.weight': [3, 4],
    'transformer_blocks.0.attn.to_v.weight': [5, 6],
  });
});

const name = 'model.embed_tokens.weight';
const stored = (own: string, shape: readonly number[]): StoredTensor => ({
  name: own,
  dtype: 'F32',
  shape,
  ...{ file: 0, begin: 0, end: 4 * shape.reduce((product, size) => product * size, 1) },
});
const factor = (input: number, rows: number, columns: number) =>
  ({ kind: 'stored', input, dtype: 'F32', rows, columns, transposed: false }) as const;
const update: Update = {
  ...{ module: 'model.embed_tokens', of: 'weight', type: 'LoRA', rows: 4, columns: 2 },
  matrix: { kind: 'product', left: factor(0, 4, 1), right: factor(1, 1, 2) },
  inputs: [stored('b', [4, 1]), stored('a', [1, 2])],
  ...{ scale: 2, rank: 1, alpha: 2, magnitudes: null },
};

function adapterModel(id: string, saved: readonly StoredTensor[] = []): Model {
  const adapter = {
    dialect: 'PEFT',
    updates: [update],
    saved: saved.map((tensor) => ({ name: tensor.name, tensor })),
    ...{ base: null, config: null, unread: [], remarks: [] },
  };
  return { ...headerModel(id, {}), adapter };
}
const base = headerModel('base', { [name]: ['BF16', [4, 2]] });

const lastInput = (adapter: Model) => {
  const entry = adaptedTo(base, adapter)?.tensors.get(name);
  return entry && 'inputs' in entry ? entry.inputs.at(-1) : null;
};

test('an update is added to the base’s values', () => {
  expect(lastInput(adapterModel('one'))).toMatchObject({ model: 'base', dtype: 'BF16' });
});

test('where the adapter saved the whole weight, its update is added to that, as PEFT does', () => {
  const adapter = adapterModel('one', [stored(name, [4, 2])]);
  expect(lastInput(adapter)).toMatchObject({ model: 'one', dtype: 'F32' });
});

test('adapters without a base meet what any of them changes, a whole model first or not', () => {
  const one = adapterModel('one');
  for (const models of [[one], [base, one], [undefined, one]]) {
    expect([...(baseOfAdapters(models)?.tensors.keys() ?? [])]).toEqual([name]);
  }
  expect(baseOfAdapters([base])).toBeNull();
});
