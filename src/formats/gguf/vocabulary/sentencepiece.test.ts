import { describe, expect, test } from 'vitest';
import golden from '../../../testing/goldens/sentencepiece.json';
import { encodeByLibrary } from './encode-by.ts';
import type { VocabularyFiles } from './files.ts';
import type { Piece } from './sentencepiece-model.ts';
import { readSentencePiece } from './sentencepiece-model.ts';
import { tokensAsLlama } from './tokens-as-llama.ts';
import { vocabularyOf } from './vocabulary.ts';

const ROWS = 420;
const bytesOf = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));

function filesOf(kind: 'llama' | 'gemma3', over: Partial<VocabularyFiles> = {}): VocabularyFiles {
  const { model, tokenizer, tokenizerConfig } = golden[kind];
  const none = { chatTemplate: null, addedTokens: null, config: {} };
  return { ...none, tokenizer, tokenizerConfig, sentencePiece: bytesOf(model), ...over };
}

async function made(files: VocabularyFiles, rows = ROWS) {
  const metadata = await vocabularyOf(files, rows, encodeByLibrary);
  const found = Object.fromEntries(
    metadata.map(([key, { value }]) => [key.replace('tokenizer.ggml.', ''), value]),
  );
  const [texts, scores, kinds] = ['tokens', 'scores', 'token_type'].map((key) => found[key]);
  const pieces = (texts as string[]).map(
    (text, id): Piece => ({ text, score: (scores as number[])[id], kind: (kinds as number[])[id] }),
  );
  return { found, pieces };
}

type Root = { readonly normalizer: object; readonly model: { readonly merges: unknown[] } };

/** tokenizer.json with other members. */
function tokenizerWith(kind: 'llama' | 'gemma3', over: (root: Root) => object) {
  const root = JSON.parse(golden[kind].tokenizer);
  return JSON.stringify({ ...root, ...over(root) });
}

describe.each(['llama', 'gemma3'] as const)('texts of the vocabulary of %s have', (kind) => {
  const { texts } = golden[kind];

  test('the tokens of Python in the library that this page reads them with', async () => {
    const encode = await encodeByLibrary(JSON.parse(golden[kind].tokenizer), {});
    expect(texts.map(({ text }) => encode(text))).toEqual(texts.map(({ ids }) => ids));
  });

  test.each(['tokenizer.model', 'tokenizer.json'])(
    'the same tokens, behind <s>, as llama.cpp makes them of what %s tells',
    async (from) => {
      const over = from === 'tokenizer.json' ? { sentencePiece: null } : {};
      const { pieces } = await made(filesOf(kind, over));
      const ids = texts.map(({ text }) => [1, ...tokensAsLlama(text, pieces, kind === 'llama')]);
      expect(ids).toEqual(texts.map((each) => each.ids));
    },
  );
});

test('without tokenizer.model the scores are the order of the merges, and bytes are the same tokens', async () => {
  const { pieces } = await made(filesOf('gemma3', { sentencePiece: null }));
  const spelled = readSentencePiece(bytesOf(golden.gemma3.model)).pieces;
  const order = (all: readonly Piece[]) =>
    all
      .slice(0, 400)
      .filter(({ text, kind }) => kind === 1 && [...text].length > 1 && !text.startsWith('<'))
      .sort((a, b) => b.score - a.score)
      .map(({ text }) => text);
  expect(order(pieces)).toEqual(order(spelled));
  const bytes = (all: readonly Piece[]) => all.flatMap(({ kind }, id) => (kind === 6 ? [id] : []));
  expect(bytes(spelled)).toHaveLength(256);
  expect(bytes(pieces)).toEqual(bytes(spelled));
});

test('added tokens have kinds, and a space for its mark; rows that nobody has are unused', async () => {
  const { pieces, found } = await made(filesOf('llama'));
  expect(pieces[400]).toEqual({ text: '<|im_end|>', score: -1000, kind: 3 });
  expect(pieces[401]).toEqual({ text: '  own word', score: -1000, kind: 4 });
  expect(pieces[419]).toEqual({ text: '[PAD419]', score: -10_000, kind: 5 });
  expect(pieces[4]).toEqual({ text: '<0x00>', score: 0, kind: 6 });
  expect(found).toMatchObject({
    ...{ model: 'llama', pre: 'default', add_space_prefix: true },
    ...{ bos_token_id: 1, eos_token_id: 2, unknown_token_id: 0, add_bos_token: true },
  });
});

test('an added token without a row is left out, as Gemma’s of pictures; another one is refused', async () => {
  const { pieces } = await made(filesOf('llama'), 401);
  expect(pieces.at(-1)!.text).toBe('<|im_end|>');
  await expect(made(filesOf('llama'), 399)).rejects.toThrow(
    /tokenizer\.model: found 400 tokens; expected no more than 399, the rows/,
  );
});

test('tokenizer.model alone is enough: a text begins with <s>, as LlamaTokenizer has it', async () => {
  const alone = filesOf('llama', { tokenizer: null, tokenizerConfig: '{"eos_token": "</s>"}' });
  const { found, pieces } = await made(alone);
  expect(found).toMatchObject({ eos_token_id: 2, add_bos_token: true, add_space_prefix: true });
  expect(pieces[0]).toEqual({ text: '<unk>', score: 0, kind: 2 });
  const gemma = filesOf('gemma3', { tokenizer: null, tokenizerConfig: null });
  expect((await made(gemma)).found).toMatchObject({ add_space_prefix: false });
});

test('added_tokens.json is read, and tokenizer_config.json has the last word', async () => {
  const addedTokens = JSON.stringify({ '<one>': 402, '<two>': 403 });
  const tokenizerConfig = JSON.stringify({
    added_tokens_decoder: { 403: { content: '<two>', special: true } },
  });
  const { pieces } = await made(filesOf('gemma3', { addedTokens, tokenizerConfig }));
  expect(pieces[402]).toEqual({ text: '<one>', score: -1000, kind: 4 });
  expect(pieces[403]).toEqual({ text: '<two>', score: -1000, kind: 3 });
});

describe('is refused by name:', () => {
  test('a tokenizer.model that is none, or ends too early', async () => {
    const text = new TextEncoder().encode('IQ== 0\nIg== 1\n');
    await expect(made(filesOf('llama', { sentencePiece: text }))).rejects.toThrow(
      /tokenizer\.model: found .*; expected a model of SentencePiece/,
    );
    const cut = bytesOf(golden.llama.model).subarray(0, 1000);
    expect(() => readSentencePiece(cut)).toThrow(/an end in the middle of a field/);
    expect(() => readSentencePiece(new Uint8Array())).toThrow(/no pieces/);
    expect(() => readSentencePiece(new Uint8Array(20).fill(0xff))).toThrow(/ten bytes/);
  });

  test('a tokenizer that changes texts as llama.cpp does not', async () => {
    const lower = { type: 'Sequence', normalizers: [{ type: 'Lowercase' }] };
    const normalizer = tokenizerWith('gemma3', ({ normalizer: own }) => ({
      normalizer: { ...lower, normalizers: [...lower.normalizers, own] },
    }));
    await expect(made(filesOf('gemma3', { tokenizer: normalizer }))).rejects.toThrow(
      /tokens of a probe text that llama\.cpp would not come to/,
    );
  });

  test('merges that no scores can tell', async () => {
    const tokenizer = tokenizerWith('llama', ({ model }) => ({
      model: { ...model, merges: [...model.merges, model.merges[0]] },
    }));
    await expect(made(filesOf('llama', { tokenizer, sentencePiece: null }))).rejects.toThrow(
      /merges that make ".*" at two places/,
    );
  });

  test('a vocabulary without bytes', async () => {
    const tokenizer = golden.llama.tokenizer.replace('"<0x41>"', '"<0x041>"');
    await expect(made(filesOf('llama', { tokenizer, sentencePiece: null }))).rejects.toThrow(
      /no token <0x41>; expected one for every byte/,
    );
  });

  test('Unigram, and spaces removed, where no tokenizer.json says how texts are read', async () => {
    const field = (key: number, bytes: readonly number[]) => [key * 8 + 2, bytes.length, ...bytes];
    const piece = field(1, field(1, [97]));
    const read = (...more: readonly number[]) =>
      made(
        filesOf('llama', { tokenizer: null, sentencePiece: Uint8Array.from([...piece, ...more]) }),
      );
    await expect(read()).rejects.toThrow(/tokenizer\.model: found Unigram; expected BPE/);
    await expect(read(...field(2, [3 * 8, 2]))).rejects.toThrow(/a tokenizer that removes spaces/);
  });
});

test('an added token whose id is no number takes nobody’s place', async () => {
  const config = JSON.parse(golden.llama.tokenizerConfig);
  const odd = { '': { content: '<odd>' }, '1e1': { content: '<more>' } };
  const { pieces } = await made(
    filesOf('llama', {
      addedTokens: '{"<none>": null, "<list>": [], "<true>": true}',
      tokenizerConfig: JSON.stringify({
        ...config,
        added_tokens_decoder: { ...config.added_tokens_decoder, ...odd },
      }),
    }),
  );
  const texts = pieces.map(({ text }) => text);
  expect(texts).toEqual((await made(filesOf('llama'))).pieces.map(({ text }) => text));
});

test('two tokens that are spelled the same are refused: llama.cpp would end', async () => {
  const files = filesOf('llama', {
    addedTokens: `{"<twin>": ${ROWS - 2}, "<other>": ${ROWS - 1}}`,
  });
  await expect(made(files)).resolves.toBeDefined();
  const twins = filesOf('llama', { addedTokens: `{"<0x41>": ${ROWS - 1}}` });
  await expect(made(twins)).rejects.toThrow(/"<0x41>" as the tokens \d+ and 419/);
});

test('a score that is NaN is refused', async () => {
  const model = bytesOf(golden.llama.model);
  const { pieces } = readSentencePiece(model);
  // The score of a piece stands behind its text, as a field of its own.
  const text = new TextEncoder().encode(pieces[300].text);
  const spelled = [0x0a, text.length, ...text, 0x15];
  const at = model.findIndex((_, i) => spelled.every((byte, k) => model[i + k] === byte));
  model.set([0, 0, 0xc0, 0x7f], at + spelled.length);
  await expect(made(filesOf('llama', { sentencePiece: model }))).rejects.toThrow(
    'NaN as the score',
  );
});

test('a tokenizer.json may leave out what it has none of, and is refused where it cannot be read', async () => {
  const without = (keys: readonly string[]) => {
    const root = JSON.parse(golden.gemma3.tokenizer);
    for (const key of keys) delete root[key];
    return JSON.stringify(root);
  };
  const bare = filesOf('gemma3', { tokenizer: without(['decoder', 'post_processor']) });
  expect((await made(bare)).pieces).toEqual((await made(filesOf('gemma3'))).pieces);
  const odd = { ...JSON.parse(golden.gemma3.tokenizer), decoder: { type: 'None of them' } };
  const read = made(filesOf('gemma3', { tokenizer: JSON.stringify(odd) }));
  await expect(read).rejects.toMatchObject({ name: 'FormatError' });
});
