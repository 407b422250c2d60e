import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { bool, i32s, type Metadata, string, strings, u32 } from '../container.ts';
import { elsewhere, refusal } from '../refusal.ts';
import { type Fields, isFields } from './files.ts';
import { textOf } from './special-tokens.ts';
import { tokensOf } from './tokens.ts';

/**
 * WordPiece as BERT has it. llama.cpp marks the beginnings of words by "▁" where BERT marks what continues them by "##";
 * it puts CLS and SEP around every text, cuts words as BertPreTokenizer does, and reads of the normalizer what is said of
 * letters and accents. Words of more than 100 letters, which BERT takes for unknown, it cuts into tokens. Source:
 * `conversion/bert.py` and `llama-vocab.cpp` of llama.cpp. Throws FormatError for a tokenizer that does anything else.
 */
export function wordPieceVocabulary(tokenizer: Tokenizer, config: Fields, rows: number): Metadata {
  const model = fieldsOf(tokenizer.root['model']);
  mustBe('model.continuing_subword_prefix', model['continuing_subword_prefix'] ?? '##', '##');
  const normalizer = normalizerOf(tokenizer.root['normalizer']);
  mustBe('pre_tokenizer.type', typeOf(tokenizer.root['pre_tokenizer']), 'BertPreTokenizer');
  const { texts, types } = tokensOf(tokenizer, rows, phantomSpace);
  return [
    ['tokenizer.ggml.model', string('bert')],
    // Not read for this model: there is one way of splitting words.
    ['tokenizer.ggml.pre', string('default')],
    ['tokenizer.ggml.tokens', strings(texts)],
    ['tokenizer.ggml.token_type', i32s(types)],
    ...specialsOf(tokenizer, model, config),
    ...normalizer,
  ];
}

function phantomSpace(token: string): string {
  return token.startsWith('##') ? token.slice(2) : `▁${token}`;
}

/** llama.cpp cleans texts and takes Chinese characters for words by themselves, whatever a tokenizer says. */
function normalizerOf(given: unknown): Metadata {
  const { type, ...normalizer } = fieldsOf(given);
  mustBe('normalizer.type', type, 'BertNormalizer');
  mustBe('normalizer.clean_text', normalizer['clean_text'] ?? true, true);
  mustBe('normalizer.handle_chinese_chars', normalizer['handle_chinese_chars'] ?? true, true);
  const lowercase = normalizer['lowercase'] !== false;
  const strips = normalizer['strip_accents'] ?? lowercase;
  return [
    ['tokenizer.ggml.normalizer.lowercase', bool(lowercase)],
    ['tokenizer.ggml.normalizer.strip_accents', bool(strips === true)],
  ];
}

/** What stands around a text comes from the post-processor, the rest from the names that BERT has for it. */
function specialsOf({ ids, root }: Tokenizer, model: Fields, config: Fields): Metadata {
  const [first, last] = aroundOf(root['post_processor']);
  const begins = idOf('post_processor', first);
  const ends = idOf('post_processor', last);
  return [
    ['tokenizer.ggml.bos_token_id', begins],
    ['tokenizer.ggml.eos_token_id', ends],
    ['tokenizer.ggml.unknown_token_id', idOf('model.unk_token', textOf(model['unk_token']))],
    ['tokenizer.ggml.seperator_token_id', ends],
    ...maybe('padding', 'pad_token', '[PAD]'),
    ...maybe('mask', 'mask_token', '[MASK]'),
    ['tokenizer.ggml.add_bos_token', bool(true)],
    ['tokenizer.ggml.add_eos_token', bool(true)],
  ];

  function idOf(key: string, token: string | null) {
    const id = ids.get(token ?? '');
    if (id !== undefined) return u32(id);
    throw refuse(key, token ?? null, 'a token of the vocabulary');
  }

  function maybe(name: string, key: string, otherwise: string): Metadata {
    const id = ids.get(textOf(config[key]) ?? otherwise);
    return id === undefined ? [] : [[`tokenizer.ggml.${name}_token_id`, u32(id)]];
  }
}

/** The two tokens around a text, in the files of transformers and in older ones. */
function aroundOf(given: unknown): readonly [string | null, string | null] {
  const processor = fieldsOf(given);
  if (processor['type'] === 'BertProcessing') {
    const [cls, sep] = [processor['cls'], processor['sep']].map((pair) =>
      Array.isArray(pair) ? textOf(pair[0]) : null,
    );
    return [cls, sep];
  }
  mustBe('post_processor.type', processor['type'], 'TemplateProcessing');
  const single: readonly unknown[] = Array.isArray(processor['single']) ? processor['single'] : [];
  const tokens = single.map((item) => textOf(fieldsOf(fieldsOf(item)['SpecialToken'])['id']));
  if (tokens.length === 3) return [tokens[0], tokens[2]];
  throw refuse('post_processor.single', tokens, 'a token before the text and one after it');
}

const typeOf = (given: unknown): unknown => fieldsOf(given)['type'];

function mustBe(key: string, value: unknown, allowed: unknown): void {
  if (value !== allowed) throw refuse(key, value ?? null, JSON.stringify(allowed));
}

function refuse(key: string, found: unknown, expected: string) {
  return refusal({
    ...{ file: 'tokenizer.json', found: `"${key}": ${JSON.stringify(found)}` },
    ...{ expected: `${expected}, as llama.cpp reads texts for BERT`, advice: elsewhere },
  });
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}
