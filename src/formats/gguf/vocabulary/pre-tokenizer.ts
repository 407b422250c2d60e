import { sha256 } from 'hash-wasm';
import { preTokenizers } from './pre-tokenizers.ts';

/**
 * Text of many scripts, spaces, numbers and quotes. Tokenizers that split texts in different ways come to different
 * tokens of it: llama.cpp's converter knows a pre-tokenizer by them. Source: `get_vocab_base_pre` of its `conversion/base.py`.
 */
export const probe =
  '\n \n\n \n\n\n \t \t\t \t\n  \n   \n    \n     \n🚀 (normal) 😶\u200d🌫️ (multiple emojis concatenated) ' +
  '✅ 🦙🦙 3 33 333 3333 33333 333333 3333333 33333333 3.3 3..3 3...3 កាន់តែពិសេសអាច😁 ' +
  "?我想在apple工作1314151天～ ------======= нещо на Български ''''''```````\"\"\"\"......!!!!!!?????? " +
  "I've been 'told he's there, 'RE you sure? 'M not sure I'll make it, 'D you like some tea? We'Ve a'lL";

/** SHA-256 of the tokens, as Python prints a list. */
export function hashOfIds(ids: readonly number[]): Promise<string> {
  return sha256(`[${ids.join(', ')}]`);
}

/** llama.cpp's name of the way in which a tokenizer splits texts, by its tokens of the probe; null if it knows none. */
export async function preTokenizerOf(ids: readonly number[]): Promise<string | null> {
  return preTokenizers.get(await hashOfIds(ids)) ?? null;
}
