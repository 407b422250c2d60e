import { expect, test } from 'vitest';
import type { Model } from '../formats/model.ts';
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

test('a model of weights in front stands for itself', () => {
  expect(baseOfAdapters([headerModel('a', {}), adapter('b')])).toBeNull();
});
