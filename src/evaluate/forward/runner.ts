import type { Runner } from '../runner.ts';
import { continuations } from './continuation.ts';
import type { Decoder } from './decoder.ts';
import { likelihoods } from './likelihood.ts';
import type { Tokens } from './tokens.ts';

/** A decoder and its tokens as tasks ask for them. Calls wait for each other. */
export function forwardRunner(title: string, decoder: Decoder, tokens: Tokens): Runner {
  const { ends } = decoder.architecture;
  const allEnds = tokens.end === null ? ends : [...new Set([...ends, tokens.end])];
  const end = tokens.end ?? ends[0];
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const made = last.then(work, work);
    last = made;
    return made;
  };
  const vocabulary = decoder.weights.vocabulary;
  /** The tokens of a text; throws where there is none, or one that the model has no row for. */
  const encode = (text: string): readonly number[] => {
    const ids = tokens.encode(text);
    if (ids.length === 0) {
      throw new Error(
        `The text ${JSON.stringify(text)} has no tokens: there is nothing to begin from.`,
      );
    }
    const beyond = ids.find((id) => !(id < vocabulary));
    if (beyond === undefined) return ids;
    throw new Error(
      `${title} has ${vocabulary} tokens in its embedding, and its tokenizer.json gives ${JSON.stringify(text)} the token ${beyond}: they do not belong together.`,
    );
  };
  /** What follows a prompt, as it reads behind it. */
  const textAfter = (prompt: readonly number[], ids: readonly number[]) => {
    const before = tokens.decode(prompt);
    const whole = tokens.decode([...prompt, ...ids]);
    return whole.startsWith(before) ? whole.slice(before.length) : tokens.decode(ids);
  };
  return {
    title,
    continue: (prompts, { maxTokens, stops = [], ...running }) =>
      inTurn(async () => {
        const asked = prompts.map(encode);
        const enough = (at: number, ids: readonly number[]) => {
          const text = stops.length > 0 ? textAfter(asked[at], ids) : '';
          return stops.some((stop) => text.includes(stop));
        };
        const options = { maxTokens, ends: allEnds, enough, ...running };
        const found = await continuations(decoder, asked, options);
        return found.map((ids, at) => cutAt(textAfter(asked[at], ids), stops));
      }),
    logProbabilities: (texts, running) =>
      inTurn(async () => {
        const scored = texts.map(({ context, text, ends: isEnded }) => {
          const ids = encode(context + text);
          if (isEnded && end === undefined) {
            throw new Error(
              `${title} has no end token: neither config.json nor its tokenizer names one.`,
            );
          }
          const first = Math.max(1, shared(ids, tokens.encode(context)));
          return { ids: isEnded ? [...ids, end as number] : ids, first };
        });
        return likelihoods(decoder, scored, running);
      }),
  };
}

/**
 * How many tokens both begin with. Of a text and its context alone these are the context's, but for those at its end that
 * became one with the text, as a space with the word behind it: they are the text's.
 */
function shared(ids: readonly number[], others: readonly number[]): number {
  const at = ids.findIndex((id, i) => id !== others[i]);
  return at < 0 ? ids.length : at;
}

/** A text up to the first of these in it. */
function cutAt(text: string, stops: readonly string[]): string {
  const places = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return places.length === 0 ? text : text.slice(0, Math.min(...places));
}
