import { refusal } from '../refusal.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The small files that say how a model speaks; null where there is none. */
export type VocabularyFiles = {
  readonly tokenizer: string | null;
  readonly tokenizerConfig: string | null;
  /** tokenizer.model, of SentencePiece. */
  readonly sentencePiece: Uint8Array | null;
  /** added_tokens.json. */
  readonly addedTokens: string | null;
  /** chat_template.jinja. */
  readonly chatTemplate: string | null;
  readonly config: Fields;
};

/** Tokens of a text, those included that the tokenizer puts around it. */
export type Encode = (text: string) => readonly number[];

/** Makes `Encode` of a parsed tokenizer.json and tokenizer_config.json. */
export type EncodeBy = (tokenizer: Fields, config: Fields) => Promise<Encode>;

/** The members of a JSON object; none where there is no file. Throws FormatError where it holds another thing. */
export function parsed(text: string | null, file: string): Fields {
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

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
