import { expect, test } from 'vitest';
import { bertTokenizer } from '../../../testing/tiny-encoder.ts';
import { vocabularyOf } from './vocabulary.ts';

const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'play', '##ing', '[unused1]', '##'];
const usual = JSON.parse(bertTokenizer(words));
const noLibrary = () => Promise.reject(new Error('asked'));

async function made(change: object = {}, config: object = {}, rows = 10) {
  const tokenizer = JSON.stringify({ ...usual, ...change });
  const files = {
    tokenizer,
    tokenizerConfig: JSON.stringify(config),
    sentencePiece: null,
    addedTokens: null,
    chatTemplate: null,
  };
  const metadata = await vocabularyOf({ ...files, config: {} }, rows, noLibrary);
  return Object.fromEntries(
    metadata.map(([key, { value }]) => [key.replace('tokenizer.ggml.', ''), value]),
  );
}

test('beginnings of words are marked instead of what continues them; special tokens stay as they are', async () => {
  const added_tokens = [
    ...usual.added_tokens.filter(({ content }: { content: string }) => content !== '[unused1]'),
    { id: 9, content: '<tag>', special: false },
  ];
  const { model, tokens, token_type } = await made({ added_tokens });
  expect(model).toBe('bert');
  expect(tokens).toEqual(
    [...words.slice(0, 5), '▁play', 'ing', '▁[unused1]', '', '<tag>'], //
  );
  expect(token_type).toEqual([3, 3, 3, 3, 3, 1, 1, 1, 1, 4]);
});

test('CLS and SEP are what stands around a text, also in older files; the rest is known by its name', async () => {
  const ids = {
    ...{ bos_token_id: 2, eos_token_id: 3, seperator_token_id: 3, unknown_token_id: 1 },
    ...{ padding_token_id: 0, mask_token_id: 4, add_bos_token: true, add_eos_token: true },
  };
  expect(await made()).toMatchObject(ids);
  const older = { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] };
  expect(await made({ post_processor: older })).toMatchObject(ids);
  const other = await made({}, { pad_token: { content: '[UNK]' }, mask_token: '<none>' });
  expect(other).toMatchObject({ padding_token_id: 1 });
  expect(other).not.toHaveProperty('mask_token_id');
});

test.each([
  [{ lowercase: true, strip_accents: null }, true, true],
  [{ lowercase: false, strip_accents: null }, false, false],
  [{ lowercase: true, strip_accents: false }, true, false],
  [{ lowercase: false, strip_accents: true }, false, true],
])('%o of the normalizer is kept', async (said, lowercase, strip_accents) => {
  const found = await made({ normalizer: { ...usual.normalizer, ...said } });
  expect(found).toMatchObject({
    ...{ 'normalizer.lowercase': lowercase, 'normalizer.strip_accents': strip_accents },
  });
});

test.each([
  [{ normalizer: { type: 'NFKC' } }, '"normalizer.type": "NFKC"; expected "BertNormalizer"'],
  [{ normalizer: { ...usual.normalizer, clean_text: false } }, '"normalizer.clean_text": false'],
  [
    { normalizer: { ...usual.normalizer, handle_chinese_chars: false } },
    '"normalizer.handle_chinese_chars": false',
  ],
  [{ pre_tokenizer: { type: 'Whitespace' } }, '"pre_tokenizer.type": "Whitespace"'],
  [{ model: { ...usual.model, continuing_subword_prefix: '@@' } }, 'prefix": "@@"'],
  [{ model: { ...usual.model, unk_token: '<unk>' } }, '"model.unk_token": "<unk>"'],
  [{ post_processor: null }, '"post_processor.type": null'],
  [
    { post_processor: { type: 'TemplateProcessing', single: [{ Sequence: { id: 'A' } }] } },
    'expected a token before the text and one after it',
  ],
])('what llama.cpp would read otherwise is refused: %o', async (change, message) => {
  await expect(made(change)).rejects.toThrow(message);
});
