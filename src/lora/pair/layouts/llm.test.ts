import { expect, test } from 'vitest';
import { adapterOf, addedTo, baseTensors, rising } from '../../../testing/pairing.ts';
import { pair } from '../pair.ts';

/** Phi-3: two heads of two, one of keys and values; hidden 6, inner 5. */
const PHI = {
  'model.layers.0.self_attn.qkv_proj.weight': [8, 6],
  'model.layers.0.self_attn.o_proj.weight': [6, 4],
  'model.layers.0.mlp.gate_up_proj.weight': [10, 6],
  'model.layers.0.mlp.down_proj.weight': [6, 5],
};
const LLAMA = {
  'model.layers.0.self_attn.q_proj.weight': [4, 6],
  'model.layers.0.self_attn.k_proj.weight': [2, 6],
  'model.layers.0.self_attn.v_proj.weight': [2, 6],
  'model.layers.0.self_attn.o_proj.weight': [6, 4],
  'model.layers.0.mlp.gate_proj.weight': [5, 6],
  'model.layers.0.mlp.up_proj.weight': [5, 6],
  'model.layers.0.mlp.down_proj.weight': [6, 5],
};
const ATTENTION = 'model.layers.0.self_attn';
const MLP = 'model.layers.0.mlp';

test('q and v of an adapter come to their rows of a fused weight, zeros between them', () => {
  const scaled = { scale: 2, alpha: 2 };
  const updates = [
    rising(`${ATTENTION}.v_proj`, [2, 6], 10),
    rising(`${ATTENTION}.q_proj`, [4, 6], 1, scaled),
  ];
  const met = pair(adapterOf(updates), baseTensors(PHI));
  expect(met.unmatched).toEqual([]);
  expect(addedTo(met)).toEqual({
    [`${ATTENTION}.qkv_proj.weight`]: [2, 4, 6, 8, 0, 0, 10, 11],
  });
  expect(met.pairs[0]).toMatchObject({ rank: 2, alpha: null, scale: 1, type: 'LoRA' });
  expect(met.pairs[0].updates.map(({ module }) => module)).toEqual([
    `${ATTENTION}.q_proj`,
    `${ATTENTION}.v_proj`,
  ]);
  expect(met.pairs[0].inputs.map(({ name }) => name)).toEqual([
    'from 1',
    'ones',
    'from 10',
    'ones',
  ]);
});

test('a scale that all parts have stays a scale', () => {
  const scaled = { scale: 4, alpha: 4 };
  const updates = [
    rising(`${MLP}.gate_proj`, [5, 6], 1, scaled),
    rising(`${MLP}.up_proj`, [5, 6], 11, scaled),
  ];
  const met = pair(adapterOf(updates), baseTensors(PHI));
  expect(met.pairs[0]).toMatchObject({ rank: 2, alpha: 4, scale: 4 });
  expect(addedTo(met)).toEqual({
    [`${MLP}.gate_up_proj.weight`]: [4, 8, 12, 16, 20, 44, 48, 52, 56, 60],
  });
});

test('a fused update is cut into the parts that a base has', () => {
  const updates = [
    rising(`${ATTENTION}.qkv_proj`, [8, 6], 1, { scale: 2 }),
    rising(`${MLP}.gate_up_proj`, [10, 6], 1),
  ];
  expect(addedTo(pair(adapterOf(updates), baseTensors(LLAMA)))).toEqual({
    [`${ATTENTION}.q_proj.weight`]: [2, 4, 6, 8],
    [`${ATTENTION}.k_proj.weight`]: [10, 12],
    [`${ATTENTION}.v_proj.weight`]: [14, 16],
    [`${MLP}.gate_proj.weight`]: [1, 2, 3, 4, 5],
    [`${MLP}.up_proj.weight`]: [6, 7, 8, 9, 10],
  });
});

test('fused meets fused as it is, wrappers aside', () => {
  const update = rising('layers.0.self_attn.qkv_proj', [8, 6]);
  const [met] = pair(adapterOf([update]), baseTensors(PHI)).pairs;
  expect(met.matrix).toBe(update.matrix);
});

test('without the module that proves the cut nothing is cut', () => {
  const { [`${ATTENTION}.o_proj.weight`]: _, ...unproven } = PHI;
  const updates = [rising(`${ATTENTION}.q_proj`, [4, 6])];
  const met = pair(adapterOf(updates), baseTensors(unproven));
  expect(met.pairs).toEqual([]);
  expect(met.unmatched[0].why).toMatchObject({ kind: 'missing' });
});

test('keys and values that would be higher than queries prove nothing', () => {
  const odd = { ...PHI, [`${ATTENTION}.qkv_proj.weight`]: [16, 6] };
  expect(pair(adapterOf([rising(`${ATTENTION}.q_proj`, [4, 6])]), baseTensors(odd)).pairs).toEqual(
    [],
  );
});

test('keys and values that would be half a row higher than each other prove nothing', () => {
  const odd = { ...PHI, [`${ATTENTION}.qkv_proj.weight`]: [9, 6] };
  const met = pair(adapterOf([rising(`${ATTENTION}.q_proj`, [4, 6])]), baseTensors(odd));
  expect(met.pairs).toEqual([]);
});

test('parts of other sizes than those proven are unmatched', () => {
  const met = pair(adapterOf([rising(`${ATTENTION}.k_proj`, [4, 6])]), baseTensors(PHI));
  expect(met.unmatched[0].why).toMatchObject({ kind: 'shape', found: [4, 6], expected: [2, 6] });
});

test('rows of a fused update that do not add up are unmatched', () => {
  const met = pair(adapterOf([rising(`${ATTENTION}.qkv_proj`, [9, 6])]), baseTensors(LLAMA));
  expect(met.unmatched[0].why).toMatchObject({ kind: 'shape', found: [9, 6], expected: [8, 6] });
});

test('DoRA on a part of a fused weight is unmatched', () => {
  const magnitudes = { input: 1, dtype: 'F32', per: 'row' } as const;
  const updates = [rising(`${ATTENTION}.q_proj`, [4, 6], 1, { magnitudes })];
  expect(pair(adapterOf(updates), baseTensors(PHI)).unmatched[0].why).toEqual({
    kind: 'magnitudes',
    tensors: [`${ATTENTION}.qkv_proj.weight`],
  });
});
