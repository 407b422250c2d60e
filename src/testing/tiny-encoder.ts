/** Tiny encoders whose weights are hashes of where they are, as in tools/goldens/encoders.py. */
import goldens from '../evaluate/encoder/goldens.json' with { type: 'json' };
import type { Weights } from '../evaluate/forward/loading.ts';
import { hashed } from './tiny-decoder.ts';

export type TinyEncoder = {
  readonly config: Readonly<Record<string, unknown>>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly weights: Weights;
  /** Of each text every third row of the last layer. */
  readonly rows: readonly (readonly (readonly number[])[])[];
};

export const encoderTexts: readonly (readonly number[])[] = goldens.texts;

export const tinyEncoders: readonly TinyEncoder[] = goldens.cases.map((each) => {
  const shapes = new Map(Object.entries(each.shapes as Record<string, number[]>));
  // Seeds are places among all names of transformers: a pooler, which nothing here reads, comes after the encoder.
  return { config: each.config, rows: each.rows, shapes, weights: hashed(shapes) };
});

/** The vocabulary of the tiny encoders: letters, and what stands around a text. */
export const encoderTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...'abcdefghijklmno'];

/** tokenizer.json of a BERT with these words. */
export function bertTokenizer(tokens: readonly string[] = encoderTokens): string {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  const added = tokens.flatMap((content, id) =>
    content.startsWith('[') ? [{ id, content, ...flags, special: true }] : [],
  );
  const special = (token: string) => ({
    [token]: { id: token, ids: [tokens.indexOf(token)], tokens: [token] },
  });
  return JSON.stringify({
    version: '1.0',
    added_tokens: added,
    normalizer: { type: 'BertNormalizer', clean_text: true, lowercase: true, strip_accents: null },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: { ...special('[CLS]'), ...special('[SEP]') },
    },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    },
  });
}
