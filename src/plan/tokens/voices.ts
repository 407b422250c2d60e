/** Whose tokens the output gets, and which rows of each model they are. */

import type { Model } from '../../formats/model.ts';
import type { Tokenizer } from '../../formats/tokenizer/tokenizer.ts';
import {
  plainToken,
  sizeOf,
  union,
  type Voice,
  withoutRowless,
  withTokens,
} from '../../formats/tokenizer/unite.ts';
import type { ByToken } from '../../recipe/recipe.ts';

/** A model with its tokens: its own, or those of the base. */
export type Speaker = Voice & { readonly model: Model };

export type OutputTokens = {
  readonly tokenizer: Tokenizer;
  /** Whose files of the tokenizer the output gets. */
  readonly from: Model;
  /** Rows of the output: at least one for each token. */
  readonly rows: number;
};

/** `base` is the one that the others follow; `speakers` are all, in the order of the recipe. */
export function outputTokens(
  { tokens, rows, padTo }: ByToken,
  base: Speaker,
  speakers: readonly Speaker[],
): OutputTokens {
  const named =
    typeof tokens === 'object' && speakers.find(({ model }) => model.id === tokens.model);
  const others = speakers.filter((speaker) => speaker !== base);
  const own =
    tokens === 'union' ? union([base, ...others]) : named ? named.tokenizer : withoutRowless(base);
  const tokenizer = withTokens(
    own,
    rows
      .filter(({ token }) => token !== '' && !own.ids.has(token))
      .map(({ token }) => plainToken(token)),
  );
  const size = sizeOf(tokenizer);
  const padded = padTo === null ? size : Math.ceil(size / padTo) * padTo;
  return { tokenizer, from: named ? named.model : base.model, rows: padded };
}

/** What becomes of a model's tokens, for people. */
export type Fate = {
  readonly model: Model;
  /** Tokens of the output that it lacks. */
  readonly missing: number;
  /** Tokens with a row that the output does not have. */
  readonly lost: readonly string[];
  /** Rows that belong to no token: padding. */
  readonly padding: number;
};

export function fateOf({ model, tokenizer, rows }: Speaker, output: Tokenizer): Fate {
  let missing = 0;
  for (const token of output.ids.keys()) {
    const id = tokenizer.ids.get(token);
    if (id === undefined || id >= rows) missing += 1;
  }
  const lost: string[] = [];
  const used = new Set<number>();
  for (const [token, id] of tokenizer.ids) {
    if (id >= rows) continue;
    used.add(id);
    if (!output.ids.has(token)) lost.push(token);
  }
  return { model, missing, lost, padding: rows - used.size };
}

/** Tokens of the output, and of those who take part. */
export type Tokens = OutputTokens & {
  /** As its model has it: where equal to `tokenizer`, its files are copied. */
  readonly own: Tokenizer;
  readonly fates: readonly Fate[];
  /** Models without a tokenizer of their own: the base's is taken for theirs. */
  readonly assumed: readonly Model[];
  readonly tokenizerOf: (model: string) => Tokenizer | null;
};
