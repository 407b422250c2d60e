/**
 * One model that can be run: what tasks ask of it, whoever computes it.
 *
 * Texts are strings as a person writes them; the runner knows the model's tokens.
 */
export type Runner = {
  /** For people: "demo/reverse", "the merge". */
  readonly title: string;
  /**
   * The likeliest continuation of every prompt, token by token, without the end token.
   * Stops at the model's end token, before the first of `stops`, or after `maxTokens` tokens.
   */
  continue(prompts: readonly string[], options: Continuing): Promise<readonly string[]>;
  /** For every text the natural logarithms of the probabilities of its scored tokens, each given all before it. */
  logProbabilities(
    texts: readonly Scored[],
    options: Running,
  ): Promise<readonly (readonly number[])[]>;
};

export type Running = {
  readonly signal: AbortSignal;
  /** Called with how many of the texts are done. */
  readonly onProgress?: ((done: number) => void) | undefined;
};

export type Continuing = Running & {
  readonly maxTokens: number;
  readonly stops?: readonly string[] | undefined;
};

/** A text whose end is scored: all of it but the first token where there is no context. */
export type Scored = {
  readonly context: string;
  readonly text: string;
  /** Whether the end token is scored as well, as in training on whole answers. */
  readonly ends: boolean;
};

/** A model that turns a text into one vector: its lengths may differ, its directions are compared. */
export type Embedder = {
  readonly title: string;
  embed(texts: readonly string[], options: Running): Promise<readonly ArrayLike<number>[]>;
};

/** What a task is given: a model with what it is able to. */
export type Able = { readonly title: string } & Partial<Runner> & Partial<Embedder>;

/** The tag of an `UnableError`, which it keeps on its way to the page. */
export const unable = 'unable';

/** A task that asks of a model what its kind does not do: another task may well be scored. */
export class UnableError extends Error {
  override readonly name = 'UnableError';
  readonly tag = unable;
  readonly context: { readonly advice: string };

  constructor({ title }: Able, asked: 'answers' | 'embeddings') {
    super(
      asked === 'answers'
        ? `${title} makes embeddings of texts: it answers no prompts, and gives no probabilities`
        : `${title} answers prompts: it makes no embeddings of texts, whose cosines tasks of pairs compare`,
    );
    const advice =
      asked === 'answers'
        ? 'It can be scored on pairs: a CSV with sentence1, sentence2 and score.'
        : 'It can be scored on prompts with answers, choices, or a text.';
    this.context = { advice };
  }
}

/** Said of a failure that is not one task's: the model cannot be run at all. Survives the way from one thread to another. */
export const noneRun = 'none can be run';

export function cannotRun(error: unknown): boolean {
  const { context } = (error ?? {}) as { readonly context?: { readonly scope?: unknown } };
  return context?.scope === noneRun;
}
