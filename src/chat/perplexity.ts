import { contextTokens, LlamaError } from './llama-error.ts';
import type { Runtime } from './runtime.ts';

/** A text in the model's tokens: ids, and the text of the first. */
export type TextTokens = { readonly ids: readonly number[]; readonly first: string };

export type Perplexity = {
  /** e to the mean loss of a scored token. */
  readonly value: number;
  readonly tokens: number;
  /** Whether the end of the text found no room. */
  readonly isCut: boolean;
};

/**
 * The package gives no probabilities of a prompt, but of every token that it writes, among all tokens: so a grammar lets it
 * write nothing but the text. The grammar has ids, for by letters the model would pick tokens of its own. Costs a step a token.
 *
 * Where nothing stands before a text, its first token is read and not scored.
 */
export async function perplexity(
  runtime: Runtime,
  { ids, first }: TextTokens,
  signal: AbortSignal,
): Promise<Perplexity> {
  const begins = runtime.mustAddBosToken();
  const all = begins ? ids : ids.slice(1);
  const scored = all.slice(0, contextTokens - 8);
  if (scored.length === 0) throw new LlamaError('The text is too short', 'Take a longer one.');
  signal.throwIfAborted();
  let response: Awaited<ReturnType<typeof force>>;
  try {
    response = await force(runtime, begins ? '' : first, scored, signal);
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LlamaError(
      `llama.cpp could not be made to write the text: ${why}`,
      'Leave out special tokens such as </s>, and characters of several tokens, such as emoji.',
      { cause },
    );
  }
  const written = response.content.map(({ id }) => id);
  if (response.read !== 1 || written.join() !== scored.join()) {
    throw new LlamaError(
      `llama.cpp read or wrote other tokens than the text has: ${written.length} of ${scored.length}`,
      'Take another text, without special tokens.',
    );
  }
  const sum = response.content.reduce((total, { logprob }) => total + logprob, 0);
  const value = Math.exp(-sum / scored.length);
  return { value, tokens: scored.length, isCut: scored.length < all.length };
}

type Written = { readonly id: number; readonly logprob: number };

async function force(
  runtime: Runtime,
  prompt: string,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<{ readonly read: number; readonly content: readonly Written[] }> {
  const response = await runtime.createCompletion({
    ...{ prompt, max_tokens: ids.length, temperature: 0, logprobs: 1, abortSignal: signal },
    grammar: `root ::= ${ids.map((id) => `<[${id}]>`).join(' ')}`,
  });
  const { logprobs } = response.choices[0] as unknown as {
    readonly logprobs: { readonly content?: readonly Written[] } | null;
  };
  return { read: response.usage.prompt_tokens, content: logprobs?.content ?? [] };
}
