import { elsewhere, refusal } from '../refusal.ts';
import type { EncodeBy, Fields } from './files.ts';

/** What a tokenizer.json may leave out, and the library asks for. */
const none = {
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
};

/** By the tokenizers library, which is loaded when the first tokens are wanted. Throws FormatError where it cannot read them. */
export const encodeByLibrary: EncodeBy = async (tokenizer, config) => {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const made = read(() => new Tokenizer({ ...none, ...tokenizer } satisfies Fields, config));
  return (text) => made.encode(text).ids;
};

function read<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw refusal({
      ...{
        file: 'tokenizer.json',
        found: `a part that cannot be read: ${(error as Error).message}`,
      },
      ...{ expected: 'a tokenizer as the library of that name has it', advice: elsewhere },
    });
  }
}
