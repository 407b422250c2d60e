import type { AddedToken, Tokenizer } from '../../tokenizer/tokenizer.ts';
import { bool, f32s, i32s, type Metadata, string, strings } from '../container.ts';
import { refusal } from '../refusal.ts';
import { type EncodeBy, type Fields, isFields, parsed, type VocabularyFiles } from './files.ts';
import { probe } from './pre-tokenizer.ts';
import { type Piece, pieceKinds, type SentencePieceModel } from './sentencepiece-model.ts';
import { textOf } from './special-tokens.ts';
import { looksSpecial } from './tokens.ts';
import { byteToken, tokensAsLlama } from './tokens-as-llama.ts';

/** BPE over characters with bytes for the others: how tokenizer.json has a vocabulary of SentencePiece. */
export function isSentencePiece({ kind, name, root }: Tokenizer): boolean {
  const model = root['model'] as Fields;
  return kind === 'BPE' && name !== 'byte-level BPE' && model['byte_fallback'] === true;
}

/**
 * A vocabulary of SentencePiece's BPE: scores and kinds are those of tokenizer.model where there is one, as llama.cpp's
 * converter has it; else the scores are the order of the merges. `tokenizer` is null where there is no tokenizer.json,
 * `spelled` where there is no tokenizer.model; one of them must be there. With a tokenizer.json a probe text must come to
 * the same tokens both ways. Throws FormatError where it does not.
 */
export async function sentencePieceVocabulary(
  files: VocabularyFiles,
  tokenizer: Tokenizer | null,
  spelled: SentencePieceModel | null,
  rows: number,
  encodeBy: EncodeBy,
): Promise<Metadata> {
  const config = parsed(files.tokenizerConfig, 'tokenizer_config.json');
  if (spelled && tokenizer === null) refuseUnlike(spelled);
  const pieces = spelled ? spelled.pieces.map(withSpaces) : piecesOf(tokenizer!);
  const all = laidOut(pieces, rows, spelled ? 'tokenizer.model' : 'tokenizer.json');
  for (const { id, content, special } of addedTokens(files, tokenizer, config)) {
    // Gemma names a token of pictures that has no row in models of texts.
    if (id < rows) all[id] = addedPiece(content, special);
  }
  refuseWithoutBytes(all);
  const unordered = all.find(({ score }) => Number.isNaN(score));
  if (unordered) throw refusedScore(unordered);
  const said = config['add_prefix_space'];
  const addsSpace =
    typeof said === 'boolean' ? said : tokenizer ? isSpaceAdded(tokenizer) : spelled!.addsSpace;
  if (tokenizer) await refuseOtherTokens(all, addsSpace, tokenizer, config, encodeBy);
  return [
    ['tokenizer.ggml.model', string('llama')],
    ['tokenizer.ggml.pre', string('default')],
    ['tokenizer.ggml.tokens', strings(all.map(({ text }) => text))],
    ['tokenizer.ggml.scores', f32s(all.map(({ score }) => score))],
    ['tokenizer.ggml.token_type', i32s(all.map(({ kind }) => kind))],
    ['tokenizer.ggml.add_space_prefix', bool(addsSpace)],
  ];
}

/** What tokenizer.json would say of special tokens, where there is none: LlamaTokenizer begins a text with BOS. */
export function withoutTokenizerJson(
  files: VocabularyFiles,
  spelled: SentencePieceModel | null,
  config: Fields,
): Pick<Tokenizer, 'added' | 'root'> {
  const controls = (spelled?.pieces ?? []).flatMap(({ text, kind }, id) =>
    kind === pieceKinds.control || kind === pieceKinds.unknown
      ? [{ ...plain, id, content: text }]
      : [],
  );
  const added = [...addedTokens(files, null, config), ...controls];
  const bos = { SpecialToken: { id: textOf(config['bos_token']) ?? '<s>' } };
  const single = [bos, { Sequence: { id: 'A' } }];
  return { added, root: { post_processor: { type: 'TemplateProcessing', single } } };
}

/** Pieces at their ids, and after them what has no token: rows that pad the embedding. */
function laidOut(pieces: readonly (Piece | undefined)[], rows: number, file: string): Piece[] {
  if (pieces.length > rows) {
    throw refusal({
      ...{ file, found: `${pieces.length} tokens` },
      expected: `no more than ${rows}, the rows of the embedding`,
      advice: 'Tokenizer and weights do not belong together: merge with the vocabulary by token.',
    });
  }
  return Array.from(
    { length: rows },
    (_, id) => pieces[id] ?? { text: `[PAD${id}]`, score: -10_000, kind: pieceKinds.unused },
  );
}

/** Tokens of the model itself by their ids, with scores in the order in which merges make them. */
function piecesOf({ ids, added, root }: Tokenizer): readonly (Piece | undefined)[] {
  const own = new Set(added.map(({ id }) => id));
  const spelled = new Set(added.map(({ content }) => content));
  const scores = scoresOf((root['model'] as Fields)['merges'], spelled);
  const pieces: (Piece | undefined)[] = [];
  const lowest = -scores.size;
  for (const [text, id] of ids) {
    if (own.has(id)) continue;
    const kind = /^<0x[0-9A-F]{2}>$/.test(text) ? pieceKinds.byte : pieceKinds.normal;
    pieces[id] = { text, score: scores.get(text) ?? lowest, kind };
  }
  return pieces;
}

/**
 * Minus how many other tokens are made before a token. All merges that make one follow each other; not so those of `added`
 * tokens, which are found before anything is joined.
 */
function scoresOf(merges: unknown, added: ReadonlySet<string>): ReadonlyMap<string, number> {
  const scores = new Map<string, number>();
  let last = '';
  for (const merge of Array.isArray(merges) ? merges : []) {
    const made = Array.isArray(merge) ? merge.join('') : String(merge).replace(' ', '');
    if (made === last || added.has(made)) continue;
    if (scores.has(made)) {
      throw refusal({
        ...{
          file: 'tokenizer.json',
          found: `merges that make ${JSON.stringify(made)} at two places`,
        },
        expected: 'one place for each token, as SentencePiece has it',
        advice: `Without tokenizer.model the order of the merges is all there is. ${otherwise}`,
      });
    }
    scores.set(made, 0 - scores.size);
    last = made;
  }
  return scores;
}

type Added = Pick<AddedToken, 'id' | 'content' | 'special'>;

/** In the order in which later ones replace earlier ones: as the converter and transformers have it. */
function addedTokens(
  files: VocabularyFiles,
  tokenizer: Tokenizer | null,
  config: Fields,
): readonly AddedToken[] {
  const listed = Object.entries(parsed(files.addedTokens, 'added_tokens.json'));
  const decoder = config['added_tokens_decoder'];
  const decoded = Object.entries(isFields(decoder) ? decoder : {});
  const all: readonly Added[] = [
    ...listed.flatMap(([content, id]) =>
      typeof id === 'number' ? [{ id, content, special: false }] : [],
    ),
    ...(tokenizer?.added ?? []),
    ...decoded.flatMap(([id, token]) => {
      const content = textOf(token);
      const special = isFields(token) && token['special'] === true;
      return content === null || !/^\d+$/.test(id) ? [] : [{ id: Number(id), content, special }];
    }),
  ];
  return all
    .filter(({ id }) => Number.isInteger(id) && id >= 0)
    .map(({ id, content, special }) => ({ ...plain, id, content, special }));
}

const plain = {
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
};

function addedPiece(content: string, special: boolean): Piece {
  const isControl = special || looksSpecial(content);
  return isControl
    ? { text: content, score: -1000, kind: pieceKinds.control }
    : { text: content.replaceAll('▁', ' '), score: -1000, kind: pieceKinds.userDefined };
}

/** llama.cpp finds tokens of the user before it writes marks for spaces. */
function withSpaces(piece: Piece): Piece {
  if (piece.kind !== pieceKinds.userDefined) return piece;
  return { ...piece, text: piece.text.replaceAll('▁', ' ') };
}

/** llama.cpp stops at a character that is no token and has no bytes either. */
function refuseWithoutBytes(pieces: readonly Piece[]): void {
  const there = new Set(pieces.map(({ text }) => text));
  for (let byte = 0; byte < 256; byte++) {
    if (there.has(byteToken(byte))) continue;
    throw refusal({
      ...{ file: 'the tokenizer', found: `no token ${byteToken(byte)}` },
      expected: 'one for every byte, by which llama.cpp writes unknown characters',
      advice: otherwise,
    });
  }
}

/** By which nothing can be said to come first. */
function refusedScore({ text }: Piece) {
  return refusal({
    ...{ file: 'tokenizer.model', found: `NaN as the score of ${JSON.stringify(text)}` },
    ...{ expected: 'numbers', advice: 'Take it again from where the model came from.' },
  });
}

/** Where no tokenizer.json says how texts are read, tokenizer.model has to be as llama.cpp takes it for granted. */
function refuseUnlike({ algorithm, changes }: SentencePieceModel): void {
  const unlike = algorithm === 'BPE' ? changes : algorithm;
  if (unlike === null) return;
  const found =
    algorithm === 'BPE' ? `a tokenizer that ${unlike} before it splits a text` : `${unlike}`;
  const expected = 'BPE of texts as they stand, which is what llama.cpp does with such tokens';
  throw refusal({ file: 'tokenizer.model', found, expected, advice: otherwise });
}

async function refuseOtherTokens(
  pieces: readonly Piece[],
  addsSpace: boolean,
  tokenizer: Tokenizer,
  config: Fields,
  encodeBy: EncodeBy,
): Promise<void> {
  const ids = (await encodeBy(tokenizer.root, config))(probe);
  const mine = tokensAsLlama(probe, pieces, addsSpace);
  // Tokenizers put a token before a text, or behind it.
  const isSame = [0, 1].some((k) => {
    const isAround = ids.length - mine.length - k <= 1;
    return isAround && mine.every((id, at) => ids[at + k] === id);
  });
  if (isSame) return;
  throw refusal({
    ...{ file: 'tokenizer.json', found: 'tokens of a probe text that llama.cpp would not come to' },
    expected: 'those that follow from the scores of the tokens, as SentencePiece’s BPE has it',
    advice: otherwise,
  });
}

/** A normalizer that puts a mark of a space in front, or the pre-tokenizer Metaspace with a scheme other than "never". */
function isSpaceAdded({ root }: Tokenizer): boolean {
  const parts = (value: unknown): readonly Fields[] => {
    if (!isFields(value)) return [];
    const inner = [value['normalizers'], value['pretokenizers']].flat().flatMap(parts);
    return [value, ...inner];
  };
  const all = [...parts(root['normalizer']), ...parts(root['pre_tokenizer'])];
  return all.some(({ type, prepend, prepend_scheme, add_prefix_space }) => {
    if (type === 'Prepend') return prepend === '▁';
    if (type !== 'Metaspace') return false;
    return prepend_scheme === undefined ? add_prefix_space !== false : prepend_scheme !== 'never';
  });
}

const otherwise =
  'llama.cpp would split texts in another way than the model has learned: save the merge as safetensors instead.';
