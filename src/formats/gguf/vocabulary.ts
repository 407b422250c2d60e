import { readTokenizer } from '../tokenizer/read.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { bool, i32s, type Metadata, string, strings, u32 } from './container.ts';
import { preTokenizerOf, probe } from './pre-tokenizer.ts';
import { refusal } from './refusal.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The small files that say how a model speaks; null where there is none. */
export type VocabularyFiles = {
  readonly tokenizer: string | null;
  readonly tokenizerConfig: string | null;
  /** chat_template.jinja. */
  readonly chatTemplate: string | null;
  readonly config: Fields;
};

/** Tokens of a text, those included that the tokenizer puts around it. */
export type Encode = (text: string) => readonly number[];

/** Makes `Encode` of a parsed tokenizer.json and tokenizer_config.json. */
export type EncodeBy = (tokenizer: Fields, config: Fields) => Promise<Encode>;

/** Kinds of tokens in a GGUF. */
const kinds = { normal: 1, control: 3, userDefined: 4, unused: 5 } as const;

/**
 * Key-values of a vocabulary of `rows` tokens, the rows of the embedding. Byte-level BPE with a pre-tokenizer that
 * llama.cpp knows, and single characters without merges. Throws FormatError for all others.
 */
export async function vocabularyOf(
  files: VocabularyFiles,
  rows: number,
  encodeBy: EncodeBy,
): Promise<Metadata> {
  if (files.tokenizer === null) {
    throw refusal({
      ...{ file: 'tokenizer.json', found: 'none beside the weights', expected: 'one' },
      advice: 'A GGUF holds its tokens: open the model with its tokenizer.json.',
    });
  }
  const tokenizer = readTokenizer(files.tokenizer, 'tokenizer.json');
  const config = parsed(files.tokenizerConfig, 'tokenizer_config.json');
  const isPlain = isOfCharacters(tokenizer);
  const pre = isPlain ? 'gpt-2' : await preOf(tokenizer, config, encodeBy);
  const { texts, types } = tokensOf(tokenizer, rows, isPlain ? byteLetters : (text) => text);
  return [
    ['tokenizer.ggml.model', string('gpt2')],
    ['tokenizer.ggml.pre', string(pre)],
    ['tokenizer.ggml.tokens', strings(texts)],
    ['tokenizer.ggml.token_type', i32s(types)],
    ['tokenizer.ggml.merges', strings(mergesOf(tokenizer))],
    ...specialsOf(tokenizer, config, files.config),
    ...templatesOf(config, files.chatTemplate),
  ];
}

function parsed(text: string | null, file: string): Fields {
  if (text === null) return {};
  try {
    const root: unknown = JSON.parse(text);
    if (isFields(root)) return root;
  } catch {
    // Said below.
  }
  const advice = 'Take it again from where the model came from.';
  throw refusal({ file, found: 'no JSON object', expected: 'one', advice });
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
    const expected = 'byte-level BPE, the only kind that this page writes into a GGUF';
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

function tokensOf({ ids, added }: Tokenizer, rows: number, written: (text: string) => string) {
  const texts = Array.from({ length: rows }, (_, id) => `[PAD${id}]`);
  const types: number[] = new Array(rows).fill(kinds.unused);
  const extra = new Map(added.map((token) => [token.id, token]));
  for (const [text, id] of ids) {
    if (id >= rows) {
      throw refusal({
        ...{ file: 'tokenizer.json', found: `the token ${JSON.stringify(text)} with the id ${id}` },
        expected: `ids below ${rows}, the rows of the embedding`,
        advice: 'Tokenizer and weights do not belong together: merge with the vocabulary by token.',
      });
    }
    const token = extra.get(id);
    if (token === undefined) {
      texts[id] = written(text);
      types[id] = kinds.normal;
    } else if (token.special || looksSpecial(text)) {
      texts[id] = text;
      types[id] = kinds.control;
    } else {
      texts[id] = text.replaceAll('▁', ' ');
      types[id] = kinds.userDefined;
    }
  }
  return { texts, types };
}

/** Tokens that steer, whatever their file says: as llama.cpp's converter has it. */
function looksSpecial(token: string): boolean {
  return (
    ['<pad>', '<mask>', '<2mass>', '[@BOS@]'].includes(token) ||
    /^<\|.*\|>$|^<｜.*｜>$|^<unused.*>$/s.test(token)
  );
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

const specialNames = {
  bos: 'bos',
  eos: 'eos',
  unk: 'unknown',
  sep: 'seperator',
  pad: 'padding',
  cls: 'cls',
  mask: 'mask',
} as const; // "seperator" is how the key is spelled

/** Ids of the special tokens, and which of them begin and end a text. */
function specialsOf({ added, root }: Tokenizer, config: Fields, model: Fields): Metadata {
  const texts: Record<string, string | null> = {};
  const ids = Object.entries(specialNames).flatMap(([name, key]) => {
    const text = textOf(config[`${name}_token`]);
    texts[name] = text;
    const id = added.find(({ content }) => content === text)?.id ?? model[`${name}_token_id`];
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0) return [];
    return [[`tokenizer.ggml.${key}_token_id`, u32(id)] as const];
  });
  const [first, last] = aroundTexts(root['post_processor']);
  const begins = first !== null && (first === (texts['bos'] ?? first) || first === texts['cls']);
  const ends = last !== null && last === (texts['eos'] ?? last);
  const said = (name: string, otherwise: boolean) => {
    const value = config[`add_${name}_token`];
    return bool(typeof value === 'boolean' ? value : otherwise);
  };
  return [
    ...ids,
    ['tokenizer.ggml.add_bos_token', said('bos', begins)],
    ['tokenizer.ggml.add_eos_token', said('eos', ends)],
  ];
}

function textOf(token: unknown): string | null {
  if (typeof token === 'string') return token;
  return isFields(token) && typeof token['content'] === 'string' ? token['content'] : null;
}

/** The special tokens that a template puts first and last. */
function aroundTexts(processor: unknown): readonly [string | null, string | null] {
  if (!isFields(processor)) return [null, null];
  const inner = processor['processors'];
  const all = Array.isArray(inner) ? inner.filter(isFields) : [processor];
  const template = all.find(({ type }) => type === 'TemplateProcessing')?.['single'];
  if (!Array.isArray(template) || template.length < 2) return [null, null];
  const idOf = (item: unknown) => {
    const special = isFields(item) ? item['SpecialToken'] : null;
    return isFields(special) && typeof special['id'] === 'string' ? special['id'] : null;
  };
  return [idOf(template[0]), idOf(template.at(-1))];
}

function templatesOf(config: Fields, file: string | null): Metadata {
  const template = config['chat_template'] ?? file;
  if (typeof template === 'string') return [['tokenizer.chat_template', string(template)]];
  if (!Array.isArray(template)) return [];
  const named = template.filter(isFields).flatMap(({ name, template: text }) => {
    return typeof name === 'string' && typeof text === 'string' ? [{ name, text }] : [];
  });
  const others = named.filter(({ name }) => name !== 'default');
  const list: Metadata =
    others.length === 0
      ? []
      : [['tokenizer.chat_templates', strings(others.map(({ name }) => name))]];
  return [
    ...list,
    ...named.map(({ name, text }): Metadata[number] => [
      name === 'default' ? 'tokenizer.chat_template' : `tokenizer.chat_template.${name}`,
      string(text),
    ]),
  ];
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

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
