import type { EncodeBy } from './files.ts';

/** By the tokenizers library, which is loaded when the first tokens are wanted. */
export const encodeByLibrary: EncodeBy = async (tokenizer, config) => {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const made = new Tokenizer(tokenizer, config);
  return (text) => made.encode(text).ids;
};
