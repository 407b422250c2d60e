import { expect, test } from 'vitest';
import {
  adapterOf,
  addedRows,
  addedTo,
  baseTensors,
  rising,
  stored,
} from '../../testing/pairing.ts';
import { pair } from './pair.ts';
import { whyText } from './pairing.ts';

const LLAMA = {
  'model.embed_tokens.weight': [6, 2],
  'model.layers.0.self_attn.q_proj.weight': [4, 2],
  'model.layers.0.self_attn.q_proj.bias': [4],
  'model.layers.0.self_attn.k_proj.weight': [2, 2],
  'model.layers.1.self_attn.q_proj.weight': [4, 2],
  'lm_head.weight': [6, 2],
};

const q = (layer: number) => `model.layers.${layer}.self_attn.q_proj`;
const against = (
  shapes: Record<string, readonly number[]>,
  ...updates: ReturnType<typeof rising>[]
) => pair(adapterOf(updates), baseTensors(shapes));

const whys = ({ unmatched }: ReturnType<typeof pair>) =>
  unmatched.map(({ module, why }) => `${module}: ${whyText(why)}`);

test('a module is found by its exact name, with its rank, alpha and scale', () => {
  const update = rising(q(0), [4, 2], 10, { scale: 2, rank: 1, alpha: 2 });
  const { pairs, unmatched } = against(LLAMA, update);
  expect(unmatched).toEqual([]);
  expect(pairs).toHaveLength(1);
  expect(pairs[0]).toMatchObject({
    tensor: `${q(0)}.weight`,
    updates: [update],
    type: 'LoRA',
    rows: 4,
    columns: 2,
    scale: 2,
    rank: 1,
    alpha: 2,
  });
  expect(pairs[0].matrix).toBe(update.matrix);
  expect(addedRows(pairs[0])).toEqual([20, 22, 24, 26]);
});

test.each([
  ['model.layers.0.self_attn.q_proj', 'layers.0.self_attn.q_proj'],
  ['layers.0.self_attn.q_proj', 'model.layers.0.self_attn.q_proj'],
  ['model.layers.0.self_attn.q_proj', 'model.language_model.layers.0.self_attn.q_proj'],
  [
    'language_model.model.layers.0.self_attn.q_proj',
    'model.language_model.layers.0.self_attn.q_proj',
  ],
  ['model.layers.0.self_attn.q_proj', '_orig_mod.model.layers.0.self_attn.q_proj'],
  ['base_model.model.model.layers.0.self_attn.q_proj', 'model.layers.0.self_attn.q_proj'],
  ['bert.encoder.layer.0.attention.self.query', 'encoder.layer.0.attention.self.query'],
  ['encoder.layer.0.attention.self.query', 'roberta.encoder.layer.0.attention.self.query'],
  ['transformer.h.0.attn.c_attn', 'h.0.attn.c_attn'],
  ['h.0.attn.c_attn', 'transformer.h.0.attn.c_attn'],
  ['wrapped.somehow.layers.0.mlp.up_proj', 'layers.0.mlp.up_proj'],
])('%s of an adapter is %s of a base', (module, own) => {
  const { pairs } = against(
    { [`${own}.weight`]: [4, 2], 'other.weight': [4, 2] },
    rising(module, [4, 2]),
  );
  expect(pairs.map(({ tensor }) => tensor)).toEqual([`${own}.weight`]);
});

test('an exact name is not mistaken for one that ends alike', () => {
  const shapes = { 'layers.0.q.weight': [4, 2], 'vision.layers.0.q.weight': [4, 2] };
  expect(Object.keys(addedTo(against(shapes, rising('layers.0.q', [4, 2]))))).toEqual([
    'layers.0.q.weight',
  ]);
});

test('an ending that two have is left alone, unless shapes tell them apart', () => {
  const two = (rows: number) => ({
    'text.encoder.layers.0.q.weight': [4, 2],
    'vision.encoder.layers.0.q.weight': [rows, 2],
  });
  const alike = against(two(4), rising('encoder.layers.0.q', [4, 2]));
  expect(alike.pairs).toEqual([]);
  expect(whys(alike)).toEqual([
    'encoder.layers.0.q: it may be text.encoder.layers.0.q.weight or vision.encoder.layers.0.q.weight; nothing tells which',
  ]);
  expect(Object.keys(addedTo(against(two(8), rising('encoder.layers.0.q', [8, 2]))))).toEqual([
    'vision.encoder.layers.0.q.weight',
  ]);
});

test('a shape that does not fit is unmatched, with both shapes', () => {
  const met = against(LLAMA, rising(q(0), [8, 2]), rising(q(1), [2, 4]));
  expect(met.pairs).toEqual([]);
  expect(met.unmatched[0].why).toEqual({
    kind: 'shape',
    tensors: [`${q(0)}.weight`],
    found: [8, 2],
    expected: [4, 2],
  });
  expect(whys(met)).toEqual([
    `${q(0)}: it is 8 × 2, ${q(0)}.weight 4 × 2`,
    `${q(1)}: it is 2 × 4, ${q(1)}.weight 4 × 2: one of them lies transposed (fan_in_fan_out)`,
  ]);
});

test('an exact name of another shape does not make way for an ending of the right one', () => {
  const shapes = { 'layers.0.q.weight': [4, 2], 'vision.layers.0.q.weight': [8, 2] };
  expect(against(shapes, rising('layers.0.q', [8, 2])).unmatched[0].why.kind).toBe('shape');
});

test('a convolution meets a matrix of as many elements a row, four axes or two', () => {
  const shapes = {
    'proj_in.weight': [4, 2, 1, 1],
    'conv.weight': [3, 2, 3, 3],
    'conv1.weight': [3, 2, 5],
  };
  const met = against(
    shapes,
    rising('proj_in', [4, 2]),
    rising('conv', [3, 18], 5),
    rising('conv1', [3, 10], 7),
  );
  expect(addedTo(met)).toEqual({
    'proj_in.weight': [1, 2, 3, 4],
    'conv.weight': [5, 6, 7],
    'conv1.weight': [7, 8, 9],
  });
  expect(against(shapes, rising('conv', [6, 9])).unmatched[0].why).toMatchObject({
    found: [6, 9],
    expected: [3, 18],
  });
});

test('updates of biases and embeddings find theirs', () => {
  const met = against(
    LLAMA,
    rising(q(0), [4, 1], 1, { of: 'bias' }),
    rising('model.embed_tokens', [6, 2], 3),
  );
  expect(addedTo(met)).toEqual({
    [`${q(0)}.bias`]: [1, 2, 3, 4],
    'model.embed_tokens.weight': [3, 4, 5, 6, 7, 8],
  });
});

test('the bias of a layer that lies inputs × outputs has a row for each output', () => {
  const shapes = { 'h.0.c_attn.weight': [2, 6], 'h.0.c_attn.bias': [6] };
  const met = against(shapes, rising('h.0.c_attn', [6, 1], 1, { of: 'bias' }));
  expect(met.unmatched).toEqual([]);
  expect(addedTo(met)).toEqual({ 'h.0.c_attn.bias': [1, 2, 3, 4, 5, 6] });
});

test('a bias that the base lacks is named', () => {
  const met = against(LLAMA, rising(q(1), [4, 1], 1, { of: 'bias' }));
  expect(met.unmatched).toEqual([
    { module: q(1), of: 'bias', why: { kind: 'no bias', tensor: `${q(1)}.weight` } },
  ]);
});

test('modules that the base lacks are unmatched, each with the nearest name; the others pair', () => {
  const met = against(LLAMA, rising(q(0), [4, 2]), rising(q(31), [4, 2]), rising('score', [2, 2]));
  expect(met.pairs).toHaveLength(1);
  expect(met.unmatched.map(({ why }) => why)).toEqual([
    { kind: 'missing', nearest: q(1) },
    { kind: 'missing', nearest: null },
  ]);
  expect(whys(met)[0]).toBe(`${q(31)}: no such module in the base; the nearest is ${q(1)}`);
});

test('nothing in common is nothing paired, and an empty base and adapter are no error', () => {
  const met = against(LLAMA, rising('lora_unet_down_blocks_0_attentions_0_proj_in', [4, 2]));
  expect(met).toMatchObject({ pairs: [], saved: [], unmatched: [{ why: { kind: 'missing' } }] });
  expect(against({}, rising(q(0), [4, 2])).unmatched[0].why).toEqual({
    kind: 'missing',
    nearest: null,
  });
  expect(against(LLAMA)).toEqual({ pairs: [], saved: [], unmatched: [] });
});

test('a last word alone is no end to be found by: any module may be called so', () => {
  const met = against({ 'score.weight': [2, 2] }, rising('decoder.score', [2, 2]));
  expect(met.pairs).toEqual([]);
  expect(met.unmatched[0].why.kind).toBe('missing');
});

test('two updates of the same rows are both left out', () => {
  const met = against(
    LLAMA,
    rising(q(0), [4, 2], 1),
    rising('layers.0.self_attn.q_proj', [4, 2], 5),
    rising(q(1), [4, 2]),
    rising(q(1), [4, 2]),
  );
  expect(met.pairs).toEqual([]);
  expect(met.unmatched).toHaveLength(4);
  expect(whys(met)[0]).toBe(
    `${q(0)}: ${q(0)} and layers.0.self_attn.q_proj change the same rows of ${q(0)}.weight`,
  );
  expect(whys(met)[3]).toBe(
    `${q(1)}: it comes more than once, for the same rows of ${q(1)}.weight`,
  );
});

test('what only ends like a module gives way to what is it', () => {
  const met = against(
    { 'layers.0.q.weight': [4, 2], 'layers.1.q.weight': [4, 2] },
    rising('language_model.layers.0.q', [4, 2]),
    rising('vision.layers.0.q', [4, 2]),
    rising('vision.layers.1.q', [4, 2]),
  );
  expect(Object.keys(addedTo(met))).toEqual(['layers.0.q.weight']);
  expect(whys(met)).toEqual([
    'vision.layers.0.q: its name ends like that of layers.0.q.weight, but so does language_model.layers.0.q',
    'vision.layers.1.q: its name ends like that of layers.1.q.weight, but so does language_model.layers.0.q',
  ]);
});

test('of two that only end like a module neither is taken', () => {
  const shapes = { 'layers.0.q.weight': [4, 2], 'layers.1.q.weight': [4, 2] };
  const met = against(
    shapes,
    rising('vision.layers.0.q', [4, 2]),
    rising('text.layers.1.q', [4, 2]),
  );
  expect(met.pairs).toEqual([]);
  expect(met.unmatched.map(({ why }) => why.kind)).toEqual(['ending', 'ending']);
});

test('weights that are not floats are not changed', () => {
  const base = baseTensors({ 'layers.0.q.weight': [4, 2] }, 'I8');
  const { unmatched } = pair(adapterOf([rising('layers.0.q', [4, 2])]), base);
  expect(unmatched[0].why).toEqual({
    kind: 'not floats',
    tensor: 'layers.0.q.weight',
    dtype: 'I8',
  });
});

test('magnitudes stay with a whole weight', () => {
  const magnitudes = { input: 1, dtype: 'F32', per: 'row' } as const;
  const [met] = against(LLAMA, rising(q(0), [4, 2], 1, { magnitudes, type: 'DoRA' })).pairs;
  expect(met).toMatchObject({ magnitudes, type: 'DoRA' });
});

test('saved tensors replace the base’s of that name and shape', () => {
  const save = (...saved: (readonly [string, readonly number[]])[]) => {
    const tensors = saved.map(([name, shape]) => ({ name, tensor: stored(`file ${name}`, shape) }));
    return pair(adapterOf([rising(q(0), [4, 2])], { saved: tensors }), baseTensors(LLAMA));
  };
  const met = save(
    ['lm_head.weight', [6, 2]],
    ['base_model.model.model.embed_tokens.weight', [6, 2]],
  );
  expect(met.saved.map(({ tensor, saved }) => [tensor, saved.name])).toEqual([
    ['lm_head.weight', 'file lm_head.weight'],
    ['model.embed_tokens.weight', 'file base_model.model.model.embed_tokens.weight'],
  ]);
  const odd = save(
    ['lm_head.weight', [7, 2]],
    ['score.weight', [2, 2]],
    [`${q(0)}.weight`, [4, 2]],
    ['scale', [1]],
  );
  expect(odd.pairs).toHaveLength(1);
  expect(odd.unmatched.map(({ module, of, why }) => [module, of, why.kind])).toEqual([
    ['lm_head.weight', 'saved', 'shape'],
    ['score.weight', 'saved', 'missing'],
    ['scale', 'saved', 'missing'],
  ]);
  // Its update is added to what was saved.
  expect(odd.saved.map(({ tensor }) => tensor)).toEqual([`${q(0)}.weight`]);
});
