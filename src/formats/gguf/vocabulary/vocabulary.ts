import { readTokenizer } from '../../tokenizer/read.ts';
import type { Metadata } from '../container.ts';
import { refusal } from '../refusal.ts';
import { byteLevelVocabulary } from './byte-level.ts';
import { templatesOf } from './chat-templates.ts';
import { type EncodeBy, parsed, type VocabularyFiles } from './files.ts';
import { specialsOf } from './special-tokens.ts';
import { wordPieceVocabulary } from './word-piece.ts';

/**
 * Key-values of a vocabulary of `rows` tokens, the rows of the embedding. Byte-level BPE with a pre-tokenizer that
 * llama.cpp knows, single characters without merges, and the WordPiece of BERT. Throws FormatError for all others.
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
  if (tokenizer.kind === 'WordPiece') return wordPieceVocabulary(tokenizer, config, rows);
  return [
    ...(await byteLevelVocabulary(tokenizer, config, rows, encodeBy)),
    ...specialsOf(tokenizer, config, files.config),
    ...templatesOf(config, files.chatTemplate),
  ];
}
