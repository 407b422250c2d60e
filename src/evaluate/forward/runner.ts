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
        const asked = prompts.map((prompt) => nonEmpty(tokens.encode(prompt), prompt));
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
          const ids = nonEmpty(tokens.encode(context + text), context + text);
          if (isEnded && end === undefined) {
            throw new Error(
              `${title} has no end token: neither config.json nor its tokenizer names one.`,
            );
          }
          const first = Math.max(1, tokens.encode(context).length);
          return { ids: isEnded ? [...ids, end as number] : ids, first };
        });
        return likelihoods(decoder, scored, running);
      }),
  };
}

function nonEmpty(ids: readonly number[], text: string): readonly number[] {
  if (ids.length > 0) return ids;
  throw new Error(
    `The text ${JSON.stringify(text)} has no tokens: there is nothing to begin from.`,
  );
}

/** A text up to the first of these in it. */
function cutAt(text: string, stops: readonly string[]): string {
  const places = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return places.length === 0 ? text : text.slice(0, Math.min(...places));
}
