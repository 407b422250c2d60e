import { expect, test } from 'vitest';
import gpt2Probe from '../../../testing/goldens/gpt2-probe.json';
import type { Metadata } from '../container.ts';
import { encodeByLibrary } from './encode-by.ts';
import type { EncodeBy } from './files.ts';
import { hashOfIds, probe } from './pre-tokenizer.ts';
import { vocabularyOf } from './vocabulary.ts';

const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
const added = (id: number, content: string, special = true) => ({ id, content, special, ...flags });

/** Byte-level BPE in the form of transformers, with the tokens given. */
const byteLevel = {
  added_tokens: [added(6, '<|im_start|>'), added(7, '<tool>', false), added(8, '<|x|>', false)],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
  post_processor: null as object | null,
  decoder: { type: 'ByteLevel' },
  model: {
    type: 'BPE',
    vocab: { a: 0, b: 1, Ġ: 2, ab: 3, Ġa: 4 },
    merges: [
      ['a', 'b'],
      [' ', 'a'],
    ] as unknown[],
  },
};

/** Says that texts are split as GPT-2 does, whose tokens of the probe these are. */
const asGpt2: EncodeBy = async () => (text) => (text === probe ? gpt2Probe : []);

async function made(
  tokenizer: object | null,
  { config = {}, model = {}, template = null as string | null, rows = 10, encode = asGpt2 } = {},
) {
  const files = {
    tokenizer: tokenizer && JSON.stringify(tokenizer),
    tokenizerConfig: JSON.stringify(config),
    chatTemplate: template,
    config: model,
    sentencePiece: null,
    addedTokens: null,
  };
  return plain(await vocabularyOf(files, rows, encode));
}

function plain(metadata: Metadata): Record<string, unknown> {
  return Object.fromEntries(
    metadata.map(([key, { value }]) => [key.replace('tokenizer.ggml.', ''), value]),
  );
}

test('tokens stand at their ids with their kinds; rows that nobody has are unused', async () => {
  const { tokens, token_type, pre, model, merges } = await made(byteLevel);
  expect({ model, pre }).toEqual({ model: 'gpt2', pre: 'gpt-2' });
  expect(tokens).toEqual(
    ['a', 'b', 'Ġ', 'ab', 'Ġa', '[PAD5]', '<|im_start|>', '<tool>', '<|x|>', '[PAD9]'], //
  );
  // 1 normal, 3 control, 4 of the user, 5 unused; what looks like a control token is one.
  expect(token_type).toEqual([1, 1, 1, 1, 1, 5, 3, 4, 3, 5]);
  expect(merges).toEqual(['a b', 'Ġ a']);
});

test('special tokens come from tokenizer_config.json, else from config.json', async () => {
  const found = await made(byteLevel, {
    config: { eos_token: { content: '<|im_start|>' }, pad_token: '<nowhere>' },
    model: { bos_token_id: 3, eos_token_id: [6, 7], pad_token_id: 8 },
  });
  expect(found).toMatchObject({ bos_token_id: 3, eos_token_id: 6, padding_token_id: 8 });
  expect(found).not.toHaveProperty('unknown_token_id');
});

test('a text begins with BOS where the template says so, unless the config says otherwise', async () => {
  const bos = { SpecialToken: { id: '<|im_start|>', type_id: 0 } };
  const single = [bos, { Sequence: { id: 'A', type_id: 0 } }];
  const post_processor = {
    type: 'Sequence',
    processors: [{ type: 'ByteLevel' }, { type: 'TemplateProcessing', single, pair: [] }],
  };
  const config = { bos_token: '<|im_start|>' };
  const begins = { ...byteLevel, post_processor };
  expect(await made(begins, { config })).toMatchObject({ add_bos_token: true });
  const not = { config: { ...config, add_bos_token: false } };
  expect(await made(begins, not)).toMatchObject({ add_bos_token: false });
  expect(await made(byteLevel, { config })).toMatchObject({ add_bos_token: false });
});

test('the chat template is taken from the config, else from its file; several keep their names', async () => {
  const key = 'tokenizer.chat_template';
  expect(await made(byteLevel, { template: 'file' })).toMatchObject({ [key]: 'file' });
  const config = { chat_template: 'config' };
  expect(await made(byteLevel, { config, template: 'file' })).toMatchObject({ [key]: 'config' });
  const chat_template = [
    { name: 'default', template: 'one' },
    { name: 'tools', template: 'two' },
  ];
  expect(await made(byteLevel, { config: { chat_template } })).toMatchObject({
    ...{ [key]: 'one', [`${key}.tools`]: 'two', 'tokenizer.chat_templates': ['tools'] },
  });
});

test('a way of splitting texts that llama.cpp does not know is refused, by the real library', async () => {
  await expect(made(byteLevel, { encode: encodeByLibrary })).rejects.toThrow(
    /a way of splitting texts that is not known here/,
  );
});

test('tokens are hashed as Python prints them', async () => {
  // python -c "import hashlib; print(hashlib.sha256(str([1, 22, 333]).encode()).hexdigest())"
  expect(await hashOfIds([1, 22, 333])).toBe(
    '276d8737d9d5a80805e0731e8d5ae18972a8e3ba721f4988f67151c6e9159068',
  );
});

test('single characters without merges need no pre-tokenizer, and are written as bytes', async () => {
  const characters = {
    ...byteLevel,
    ...{ added_tokens: [added(0, '<s>')], pre_tokenizer: null, decoder: { type: 'Fuse' } },
    model: { type: 'BPE', vocab: { '<s>': 0, a: 1, ' ': 2, '\n': 3 }, merges: [] },
  };
  const never: EncodeBy = () => Promise.reject(new Error('asked'));
  const { tokens, merges } = await made(characters, { rows: 4, encode: never });
  expect(tokens).toEqual(['<s>', 'a', 'Ġ', 'Ċ']);
  expect(merges).toEqual([]);
});

test('what this page does not write is refused by its kind', async () => {
  await expect(made(null)).rejects.toThrow(/tokenizer\.json: found none/);
  const unigram = { ...byteLevel, model: { type: 'Unigram', vocab: [['a', 0]] } };
  await expect(made(unigram)).rejects.toThrow(/found Unigram; expected byte-level BPE/);
  const umlaut = { type: 'BPE', vocab: { ä: 0 }, merges: [] };
  const plainBpe = { ...byteLevel, pre_tokenizer: null, decoder: null, model: umlaut };
  await expect(made(plainBpe)).rejects.toThrow(/found BPE; expected byte-level BPE/);
});

test('a token beyond the rows of the embedding is refused by name', async () => {
  await expect(made(byteLevel, { rows: 8 })).rejects.toThrow(
    /the token "<\|x\|>" with the id 8; expected ids below 8/,
  );
});
