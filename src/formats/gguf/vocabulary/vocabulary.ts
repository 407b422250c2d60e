import { readTokenizer } from '../../tokenizer/read.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import type { Metadata } from '../container.ts';
import { elsewhere, refusal } from '../refusal.ts';
import { byteLevelVocabulary } from './byte-level.ts';
import { templatesOf } from './chat-templates.ts';
import { type EncodeBy, type Fields, parsed, type VocabularyFiles } from './files.ts';
import { isSentencePiece, sentencePieceVocabulary, withoutTokenizerJson } from './sentencepiece.ts';
import { readSentencePiece, type SentencePieceModel } from './sentencepiece-model.ts';
import { specialsOf } from './special-tokens.ts';
import { wordPieceVocabulary } from './word-piece.ts';

/**
 * Key-values of a vocabulary of `rows` tokens, the rows of the embedding. Byte-level BPE with a pre-tokenizer that
 * llama.cpp knows, single characters without merges, SentencePiece's BPE, and the WordPiece of BERT. Throws FormatError
 * for all others.
 */
export async function vocabularyOf(
  files: VocabularyFiles,
  rows: number,
  encodeBy: EncodeBy,
): Promise<Metadata> {
  const config = parsed(files.tokenizerConfig, 'tokenizer_config.json');
  const tokenizer =
    files.tokenizer === null ? null : readTokenizer(files.tokenizer, 'tokenizer.json');
  if (tokenizer?.kind === 'WordPiece') {
    return withoutTwins(wordPieceVocabulary(tokenizer, config, rows));
  }
  const isSpelled = tokenizer === null || isSentencePiece(tokenizer);
  const spelled =
    isSpelled && files.sentencePiece !== null ? readSentencePiece(files.sentencePiece) : null;
  const told = tokenizer ?? withoutTokenizerJson(files, spelled, config);
  return [
    ...withoutTwins(await tokensOf(files, tokenizer, spelled, config, rows, encodeBy)),
    ...specialsOf(told, config, files.config, rows),
    ...templatesOf(config, files.chatTemplate),
  ];
}

/** llama.cpp ends its process at two tokens that are spelled the same. Throws FormatError where there are such. */
function withoutTwins(metadata: Metadata): Metadata {
  const { value } = metadata.find(([key]) => key === 'tokenizer.ggml.tokens')![1];
  const places = new Map<string, number>();
  for (const [id, text] of (value as readonly string[]).entries()) {
    const other = places.get(text);
    if (other !== undefined) {
      throw refusal({
        ...{
          file: 'the tokenizer',
          found: `${JSON.stringify(text)} as the tokens ${other} and ${id}`,
        },
        expected: 'each text once, as llama.cpp wants it',
        advice: elsewhere,
      });
    }
    places.set(text, id);
  }
  return metadata;
}

async function tokensOf(
  files: VocabularyFiles,
  tokenizer: Tokenizer | null,
  spelled: SentencePieceModel | null,
  config: Fields,
  rows: number,
  encodeBy: EncodeBy,
): Promise<Metadata> {
  if (tokenizer === null && spelled === null) {
    throw refusal({
      ...{ file: 'tokenizer.json', found: 'none beside the weights', expected: 'one' },
      advice: 'A GGUF holds its tokens: open the model with its tokenizer.json.',
    });
  }
  return tokenizer === null || isSentencePiece(tokenizer)
    ? sentencePieceVocabulary(files, tokenizer, spelled, rows, encodeBy)
    : byteLevelVocabulary(tokenizer, config, rows, encodeBy);
}
