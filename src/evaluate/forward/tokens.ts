/** Texts as the ids that a model knows, by its tokenizer.json. */
export type Tokens = {
  /** With what the tokenizer puts before a text; nothing after it. */
  encode(text: string): readonly number[];
  /** Without special tokens. */
  decode(ids: readonly number[]): string;
  /** The id that ends a text, by tokenizer_config.json. */
  readonly end: number | null;
};

type Json = Readonly<Record<string, unknown>>;

/**
 * The tokens of a model folder: its tokenizer.json and tokenizer_config.json, parsed; the second may be missing. Loads
 * the library on first use. Rejects when it does not know a part of the tokenizer.
 */
export async function tokensOf(tokenizer: Json, config: Json = {}): Promise<Tokens> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const made = new Tokenizer(tokenizer, config);
  const name = contentOf(config['eos_token']);
  const end = name === null ? null : (made.token_to_id(name) ?? null);
  return {
    encode(text) {
      const { ids } = made.encode(text);
      return ids.length > 1 && ids.at(-1) === end && !text.endsWith(name ?? '')
        ? ids.slice(0, -1)
        : ids;
    },
    decode: (ids) =>
      ids.length === 0
        ? ''
        : made.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
    end,
  };
}

/** A token as tokenizer_config.json has it: its text, or an object with it. */
function contentOf(token: unknown): string | null {
  if (typeof token === 'string') return token;
  const content = (token as { readonly content?: unknown } | null | undefined)?.content;
  return typeof content === 'string' ? content : null;
}
