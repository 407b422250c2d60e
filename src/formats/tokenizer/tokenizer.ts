/** What a tokenizer.json says of tokens: which there are, and which row of an embedding is whose. */

/** One of the `added_tokens`: met in a text before the model of the tokenizer splits it. */
export type AddedToken = {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
};

export const tokenizerKinds = ['BPE', 'WordPiece', 'Unigram'] as const;
export type TokenizerKind = (typeof tokenizerKinds)[number];

export type Tokenizer = {
  readonly kind: TokenizerKind;
  /** For people: "byte-level BPE", "BPE", "WordPiece", "Unigram". */
  readonly name: string;
  /** Id of every token, the added ones included; in the order of ids. */
  readonly ids: ReadonlyMap<string, number>;
  /** In the order of ids. */
  readonly added: readonly AddedToken[];
  /** Of a BPE: pairs that are joined. */
  readonly merges: number;
  /** The parsed file. */
  readonly root: Readonly<Record<string, unknown>>;
};

/** Ids end here: no model has so many tokens, and a table of rows is held for each. */
export const mostTokens = 2 ** 22;
