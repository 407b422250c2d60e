import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { i32s, type Metadata, string, strings } from '../container.ts';
import { refusal } from '../refusal.ts';
import type { EncodeBy, Fields } from './files.ts';
import { preTokenizerOf, probe } from './pre-tokenizer.ts';
import { tokensOf } from './tokens.ts';

/** Byte-level BPE, with a pre-tokenizer that llama.cpp knows; single characters without merges are written as such. */
export async function byteLevelVocabulary(
  tokenizer: Tokenizer,
  config: Fields,
  rows: number,
  encodeBy: EncodeBy,
): Promise<Metadata> {
  const isPlain = isOfCharacters(tokenizer);
  const pre = isPlain ? 'gpt-2' : await preOf(tokenizer, config, encodeBy);
  const { texts, types } = tokensOf(tokenizer, rows, isPlain ? byteLetters : (text) => text);
  return [
    ['tokenizer.ggml.model', string('gpt2')],
    ['tokenizer.ggml.pre', string(pre)],
    ['tokenizer.ggml.tokens', strings(texts)],
    ['tokenizer.ggml.token_type', i32s(types)],
    ['tokenizer.ggml.merges', strings(mergesOf(tokenizer))],
  ];
}

/** No merges and nothing that splits or changes a text: each character is a token, as in the demo. */
function isOfCharacters({ kind, name, root, ids, added, merges }: Tokenizer): boolean {
  if (kind !== 'BPE' || name !== 'BPE' || merges > 0) return false;
  if (root['normalizer'] || root['pre_tokenizer']) return false;
  const special = new Set(added.map(({ content }) => content));
  return [...ids.keys()].every((token) => special.has(token) || /^[\0-\x7f]$/.test(token));
}

async function preOf(tokenizer: Tokenizer, config: Fields, encodeBy: EncodeBy): Promise<string> {
  const advice =
    'llama.cpp would split texts in another way than the model has learned: save the merge as safetensors instead.';
  if (tokenizer.name !== 'byte-level BPE') {
    const expected = 'byte-level BPE or WordPiece, the kinds that this page writes into a GGUF';
    throw refusal({ file: 'tokenizer.json', found: tokenizer.name, expected, advice });
  }
  const encode = await encodeBy(tokenizer.root, config);
  const pre = await preTokenizerOf(encode(probe));
  if (pre !== null) return pre;
  throw refusal({
    ...{ file: 'tokenizer.json', found: 'a way of splitting texts that is not known here' },
    expected: 'one that llama.cpp recognises by its tokens of a probe text',
    advice,
  });
}

/** "a b" for each pair; a space within one is the letter that stands for it. */
function mergesOf({ root }: Tokenizer): readonly string[] {
  const model = root['model'] as Fields;
  const merges: readonly unknown[] = Array.isArray(model['merges']) ? model['merges'] : [];
  return merges.map((merge) =>
    Array.isArray(merge)
      ? merge.map((part) => String(part).replaceAll(' ', spaceLetter)).join(' ')
      : String(merge),
  );
}

/** Byte-level BPE writes a space as this letter. */
const spaceLetter = 'Ġ';

/** ASCII as byte-level BPE writes it: what is no visible character is moved up by 256. */
function byteLetters(text: string): string {
  return [...text]
    .map((letter) => {
      const code = letter.charCodeAt(0);
      if (code > 32 && code < 127) return letter;
      return String.fromCharCode(code === 127 ? 289 : 256 + code);
    })
    .join('');
}
