type Json = Readonly<Record<string, unknown>>;

/** A text’s ids with what the tokenizer puts around it, at most `most` of them: what is too much is cut off inside. */
export type Ids = (text: string, most: number) => readonly number[];

/** By a parsed tokenizer.json and tokenizer_config.json. Loads the library on first use. */
export async function idsBy(tokenizer: Json, config: Json = {}): Promise<Ids> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const made = new Tokenizer(tokenizer, config);
  return (text, most) => {
    const { ids } = made.encode(text);
    if (ids.length <= most) return ids;
    const inside = made.encode(text, { add_special_tokens: false }).ids;
    const around = ids.length - inside.length;
    const before = Math.max(
      0,
      Array.from({ length: around + 1 }, (_, at) => at).findIndex((at) =>
        inside.every((id, i) => ids[at + i] === id),
      ),
    );
    return [
      ...ids.slice(0, before),
      ...inside.slice(0, Math.max(0, most - around)),
      ...ids.slice(before + inside.length),
    ];
  };
}
