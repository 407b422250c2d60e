import { describe, expect, test } from 'vitest';
import type { Plan } from '../../plan/types.ts';
import type { ByToken, Recipe } from '../../recipe/recipe.ts';
import { decode } from '../../testing/encode.ts';
import { runInMemory } from '../../testing/merge-run.ts';
import { bf16, f32 } from '../../testing/model-file.ts';
import { openTokenModels, type TokenModel } from '../../testing/tokens.ts';

const EMBED = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';
const ALONE = 'model.norm.weight';

/** Its embedding has 10·id + n in row id, where `n` tells models apart; its head the negative of it. */
function model(n: number, tokens: readonly string[], padding = 0, over: TokenModel['files'] = {}) {
  const rows = tokens.length + padding;
  const values = Array.from({ length: rows }, (_, id) => [10 * id + n, 10 * id + n + 0.5]).flat();
  const config = { model_type: 'llama', vocab_size: rows, eos_token_id: tokens.length - 1 };
  return {
    tensors: {
      [EMBED]: f32([rows, 2], values),
      [ALONE]: f32([2], [n]),
      [HEAD]: f32(
        [rows, 2],
        values.map((value) => -value),
      ),
    },
    tokens,
    files: { 'config.json': JSON.stringify(config), ...over },
  };
}

const byToken = (tokens: ByToken['tokens'], more: Partial<ByToken> = {}): ByToken => {
  return { tokens, rows: [], padTo: null, ...more };
};

async function merged(
  models: Readonly<Record<string, TokenModel>>,
  base: string | null,
  recipe: Partial<Recipe>,
  budget?: number,
) {
  const opened = await openTokenModels(models);
  const planned = await opened.plan(base, recipe);
  if (!('plan' in planned)) throw new Error(planned.findings.map((f) => f.message).join('\n'));
  const { plan } = planned;
  const { sink } = await runInMemory(plan, opened.library, budget ? { budget } : {});
  const read = (name: string) => valuesIn(plan, sink.files.get('model.safetensors')!, name);
  return {
    plan,
    codes: plan.findings.map(({ code }) => code),
    json: (name: string) => JSON.parse(new TextDecoder().decode(sink.files.get(name)!)),
    shapeOf: (name: string) => plan.jobs.find(({ tensor }) => tensor === name)!.shape,
    /** The first column. */
    rowsOf: (name: string) => read(name).filter((_, i) => i % 2 === 0),
    read,
  };
}

function valuesIn({ jobs, files }: Plan, file: Uint8Array<ArrayBuffer>, name: string) {
  let at = files[0].header.length;
  for (const job of jobs) {
    if (job.tensor === name) {
      return decode(file.slice(at, at + job.byteLength), job.dtype as 'F32');
    }
    at += job.byteLength;
  }
  throw new Error(`no ${name}`);
}

const linear = { method: 'linear' } as const;

describe('a union', () => {
  const models = { a: model(1, ['x', 'y', '<a>']), b: model(2, ['y', 'z', '<b>', 'x'], 2) };

  test('has the rows of both, each merged with its own kind', async () => {
    const out = await merged(models, null, { ...linear, vocabulary: byToken('union') });
    expect(out.shapeOf(EMBED)).toEqual([5, 2]);
    // x: a 1, b 32; y: a 11, b 2; <a>: only a has it, 21; z: only b, 12; <b>: only b, 22.
    expect(out.rowsOf(EMBED)).toEqual([16.5, 6.5, 21, 12, 22]);
    expect(out.rowsOf(HEAD)).toEqual([-16.5, -6.5, -21, -12, -22]);
    expect(out.read(ALONE)).toEqual([1.5, 1.5]);
  });

  test('is told by its files', async () => {
    const out = await merged(models, null, { ...linear, vocabulary: byToken('union') });
    expect(out.json('config.json')).toMatchObject({ vocab_size: 5, eos_token_id: 2 });
    const { added_tokens, model: own } = out.json('tokenizer.json');
    expect(own.vocab).toEqual({ x: 0, y: 1 });
    expect(added_tokens.map((token: object) => Object.values(token).slice(0, 2))).toEqual([
      [2, '<a>'],
      [3, 'z'],
      [4, '<b>'],
    ]);
    expect(out.codes).toEqual(
      expect.arrayContaining(['tokens-united', 'tokens-missing', 'token-padding']),
    );
    for (const code of ['tokens-lost', 'tokenizer-differs', 'config-claims', 'vocabulary-rows']) {
      expect(out.codes).not.toContain(code);
    }
  });

  test('is the same with little memory', async () => {
    const few = await merged(models, null, { ...linear, vocabulary: byToken('union') }, 4096);
    expect(few.rowsOf(EMBED)).toEqual([16.5, 6.5, 21, 12, 22]);
  });

  test('is padded with the mean of its rows', async () => {
    const vocabulary = byToken('union', { padTo: 4 });
    const out = await merged(models, null, { ...linear, vocabulary });
    const rows = out.rowsOf(EMBED);
    // Of a the rows are 1, 11, 21, 12, 22, of b 32, 2, 21, 12, 22: means 13.4 and 17.8.
    expect(rows.slice(0, 5)).toEqual([16.5, 6.5, 21, 12, 22]);
    for (const row of rows.slice(5)) expect(row).toBeCloseTo(15.6, 5);
    expect(rows).toHaveLength(8);
    expect(out.json('config.json')).toMatchObject({ vocab_size: 8 });
  });
});

describe('task vectors', () => {
  const models = { base: model(1, ['x', 'y']), b: model(2, ['y', 'z', 'x']) };
  const recipe = { method: 'task_arithmetic', values: { lambda: 1 } } as const;

  test('where the base lacks a token both have the row of the model that has it', async () => {
    const out = await merged(models, 'base', { ...recipe, vocabulary: byToken('union') });
    // base + (model − base): b's own rows.
    expect(out.rowsOf(EMBED)).toEqual([22, 2, 12]);
  });

  test('of the base’s tokens others lose theirs, which is told', async () => {
    const out = await merged(models, 'base', { ...recipe, vocabulary: byToken('base') });
    expect(out.rowsOf(EMBED)).toEqual([22, 2]);
    const lost = out.plan.findings.find(({ code }) => code === 'tokens-lost')!;
    expect(lost.message).toBe('1 token of b is not in the output, and the rows are left out: "z".');
  });

  test('with the tokens of an expert the output has its files', async () => {
    const speaking = {
      ...models,
      b: model(2, ['y', 'z', 'x'], 0, { 'tokenizer_config.json': '{"eos_token": "x"}' }),
    };
    const vocabulary = byToken({ model: 'b' });
    const out = await merged(speaking, 'base', { ...recipe, vocabulary });
    expect(out.rowsOf(EMBED)).toEqual([2, 12, 22]);
    expect(out.json('config.json')).toMatchObject({ vocab_size: 3, eos_token_id: 2 });
    expect(out.json('tokenizer_config.json')).toEqual({ eos_token: 'x' });
    expect(out.json('tokenizer.json').model.vocab).toEqual({ y: 0, z: 1, x: 2 });
  });

  test('rows come from where the recipe says', async () => {
    const rows: ByToken['rows'] = [
      { token: 'x', from: { kind: 'token', model: 'b', token: 'z' }, force: true },
      { token: 'y', from: { kind: 'zeros' }, force: true },
      { token: '', from: { kind: 'zeros' }, force: true },
      { token: '<new>', from: { kind: 'token', model: 'base', token: 1 }, force: false },
    ];
    const out = await merged(models, 'base', { ...recipe, vocabulary: byToken('base', { rows }) });
    expect(out.rowsOf(EMBED)).toEqual([12, 0, 11]);
    expect(out.json('tokenizer.json').added_tokens).toMatchObject([{ id: 2, content: '<new>' }]);
  });

  test('a tied model’s head is its embedding, and others’ heads stand in', async () => {
    const { [HEAD]: _, ...tensors } = models.b.tensors;
    const config = { model_type: 'llama', vocab_size: 3, tie_word_embeddings: true };
    const tied = { ...models.b, tensors, files: { 'config.json': JSON.stringify(config) } };
    const base = model(1, ['x', 'y', 'w']);
    const vocabulary = byToken('union');
    const out = await merged({ base, b: tied }, 'base', { ...recipe, vocabulary });
    expect(out.rowsOf(EMBED)).toEqual([22, 2, 21, 12]);
    // w: b has −21, as the base's head; z: both have b's 12.
    expect(out.rowsOf(HEAD)).toEqual([22, 2, -21, 12]);
  });
});

test('rows in different dtypes keep the wider one', async () => {
  const a = model(1, ['x', 'y']);
  const b = { ...model(2, ['z', 'x']), tensors: { ...model(2, ['z', 'x']).tensors } };
  b.tensors[EMBED] = bf16([2, 2], [2, 3, 12, 13]);
  const out = await merged({ a, b }, null, { ...linear, vocabulary: byToken('union') });
  expect(out.rowsOf(EMBED)).toEqual([6.5, 11, 2]);
});

test('generation config and the chat template are those of the tokens', async () => {
  const files = {
    'generation_config.json': '{"eos_token_id": [0, 1], "temperature": 0.5}',
    'chat_template.jinja': 'hello',
  };
  const a = model(1, ['x', 'y'], 0, { 'generation_config.json': '{"eos_token_id": 1}' });
  const b = model(2, ['y', 'z', 'x'], 0, files);
  const out = await merged({ a, b }, null, { ...linear, vocabulary: byToken({ model: 'b' }) });
  expect(out.json('generation_config.json')).toEqual({ eos_token_id: [0, 1], temperature: 0.5 });
  expect(out.plan.sideFiles).toContainEqual(
    expect.objectContaining({ name: 'chat_template.jinja' }),
  );
  const union = { ...linear, vocabulary: byToken('union'), donors: { generation: 'b' } };
  // y is 1 in the union, z is 2.
  expect((await merged({ a, b }, null, union)).json('generation_config.json')).toEqual({
    eos_token_id: [1, 2],
    temperature: 0.5,
  });
});

test('tokenizers that differ offer a merge by token, whatever their number of tokens', async () => {
  const models = { base: model(1, ['x', 'y']), b: model(2, ['y', 'x']) };
  const { plan } = await merged(models, 'base', { method: 'task_arithmetic' });
  expect(plan.findings.find(({ code }) => code === 'tokenizer-differs')).toMatchObject({
    fixes: [
      { kind: 'set-tokens', value: 'union' },
      { kind: 'set-tokens', value: 'base' },
    ],
  });
});

describe('what stands in the way', () => {
  const vocabulary = byToken('union');
  const first = async (models: Readonly<Record<string, TokenModel>>) => {
    const planned = await (await openTokenModels(models)).plan(null, { ...linear, vocabulary });
    if ('plan' in planned) throw new Error('there is a plan');
    return planned.findings[0];
  };

  test('a tokenizer in another form', async () => {
    const { tokens: _, ...bare } = model(2, ['x'], 0, { 'vocab.json': '{}', 'merges.txt': '' });
    const { code, message, fixes } = await first({ a: model(1, ['x']), b: bare });
    expect([code, message]).toEqual([
      'no-tokenizer',
      'b has no tokenizer.json, so its tokens are not known; found vocab.json.',
    ]);
    expect(fixes).toMatchObject([{ kind: 'set-vocabulary', value: 'keep base rows' }]);
  });

  test('a kind that has no vocabulary', async () => {
    const files = { 'tokenizer.json': '{"model": {"type": "WordLevel", "vocab": {"x": 0}}}' };
    const { tokens: _, ...bare } = model(2, ['x']);
    const { message } = await first({
      a: model(1, ['x']),
      b: { ...bare, files },
    });
    expect(message).toMatch(
      /^The tokens of b cannot be read\. b\/tokenizer\.json: .*"WordLevel"; exp/,
    );
  });

  test('a model that does not take part', async () => {
    const opened = await openTokenModels({ a: model(1, ['x']) });
    const planned = await opened.plan(null, { ...linear, vocabulary: byToken({ model: 'q' }) });
    expect(planned).toMatchObject({ findings: [{ code: 'tokens-of-nobody' }] });
  });
});

test('a model without any tokenizer is taken to have the base’s tokens', async () => {
  const { tokens: _, ...bare } = model(2, ['x', 'y']);
  const models = { a: model(1, ['x', 'y']), b: bare };
  const out = await merged(models, null, { ...linear, vocabulary: byToken('union') });
  expect(out.rowsOf(EMBED)).toEqual([1.5, 11.5]);
  expect(out.codes).toContain('tokenizer-assumed');
});

test('equal vocabularies are merged from where they lie', async () => {
  const models = { a: model(1, ['x', 'y']), b: model(2, ['x', 'y'], 3) };
  const out = await merged(models, null, { ...linear, vocabulary: byToken('base') });
  const job = out.plan.jobs.find(({ tensor }) => tensor === EMBED)!;
  const [part] = job.parts;
  expect(part.kind === 'merge' && part.planes.every((plane) => !('formula' in plane))).toBe(true);
  expect(out.rowsOf(EMBED)).toEqual([1.5, 11.5]);
});

describe('layers are rearranged of models that are rebuilt by token', () => {
  const layer = (n: number) => ({ 'model.layers.0.mlp.up_proj.weight': f32([1, 2], [n]) });
  const [a, b] = [model(1, ['x', 'y']), model(2, ['y', 'z'])];
  const models = {
    a: { ...a, tensors: { ...a.tensors, ...layer(1) } },
    b: { ...b, tensors: { ...b.tensors, ...layer(2) } },
  };
  const source = (id: string) => ({ model: id, from: 0, to: 1, values: {} });
  const slices = ['a', 'b'].map((id, k) => ({
    ...{ id: String(k), sources: [source(id)] },
    ...{ values: {}, method: null, rules: [] },
  }));
  const recipe = { method: 'passthrough', slices, vocabulary: byToken('union') };

  test('of the embedding one is the source, of the head the other; what they lack is the other’s', async () => {
    const out = await merged(models, null, recipe);
    expect(out.rowsOf(EMBED)).toEqual([1, 11, 12]);
    expect(out.rowsOf(HEAD)).toEqual([-1, -2, -12]);
    expect(out.read('model.layers.1.mlp.up_proj.weight')).toEqual([2, 2]);
  });

  test('the head of the last is rebuilt where the first has none, with rows of its embedding', async () => {
    const { [HEAD]: _, ...headless } = models.a.tensors;
    const config = { model_type: 'llama', vocab_size: 2, tie_word_embeddings: true };
    const files = { 'config.json': JSON.stringify(config) };
    const tied = { ...models.a, tensors: headless, files };
    const out = await merged({ ...models, a: tied }, null, { ...recipe, head: 'untied' });
    expect(out.rowsOf(EMBED)).toEqual([1, 11, 12]);
    expect(out.rowsOf(HEAD)).toEqual([1, -2, -12]);
  });
});
