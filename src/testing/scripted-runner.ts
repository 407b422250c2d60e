/** Runners that answer by a rule instead of a model, for tests of what asks them. */
import type { Embedder, Runner } from '../evaluate/runner.ts';

type Script = {
  readonly title?: string;
  readonly say?: (prompt: string) => string;
  /** The logarithm of the probability of each character of the text, and of the end. */
  readonly logProbability?: (character: string, before: string) => number;
};

/** One token a character; of a text without context the first is not scored. */
export function scriptedRunner(script: Script = {}): Runner & { readonly asked: string[] } {
  const { title = 'scripted', say = () => '', logProbability = () => -1 } = script;
  const asked: string[] = [];
  return {
    title,
    asked,
    async continue(prompts, { maxTokens, stops = [], signal, onProgress }) {
      signal.throwIfAborted();
      asked.push(...prompts);
      onProgress?.(prompts.length);
      return prompts.map((prompt) => {
        const said = [...say(prompt)].slice(0, maxTokens).join('');
        const ends = stops.map((stop) => said.indexOf(stop)).filter((at) => at >= 0);
        return said.slice(0, Math.min(said.length, ...ends));
      });
    },
    async logProbabilities(texts, { signal, onProgress }) {
      signal.throwIfAborted();
      asked.push(...texts.map(({ context, text }) => context + text));
      onProgress?.(texts.length);
      return texts.map(({ context, text, ends }) => {
        const scored = [...text, ...(ends ? ['<end>'] : [])];
        const all = scored.map((each, at) =>
          logProbability(each, context + scored.slice(0, at).join('')),
        );
        return context === '' ? all.slice(1) : all;
      });
    },
  };
}

/** Counts letters: texts of the same letters have the same direction. */
export const letterEmbedder: Embedder = {
  title: 'letters',
  async embed(texts) {
    return texts.map((text) => {
      const counts = new Array<number>(26).fill(0);
      for (const letter of text.toLowerCase()) {
        const at = letter.charCodeAt(0) - 97;
        if (at >= 0 && at < 26) counts[at]++;
      }
      return counts;
    });
  },
};
