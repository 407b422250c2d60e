import type { Embedder } from '../runner.ts';
import type { Encoder } from './encoder.ts';
import type { Head } from './head.ts';
import type { Ids } from './ids.ts';

export type Texts = {
  readonly ids: Ids;
  /** Tokens beyond which a text is cut. */
  readonly most: number;
  /** What stands before every text. */
  readonly prompt?: string | undefined;
  readonly lowers?: boolean | undefined;
};

/** An encoder, what comes before it and behind it, as tasks ask for it. Calls wait for each other. */
export function encoderEmbedder(
  title: string,
  encoder: Encoder,
  head: Head,
  { ids, most, prompt = '', lowers = false }: Texts,
): Embedder {
  let last: Promise<unknown> = Promise.resolve();
  const { hidden } = encoder.architecture;
  const embed: Embedder['embed'] = async (texts, running) => {
    const all = texts.map((text) => {
      const whole = `${prompt}${text}`.trim();
      const found = ids(lowers ? whole.toLowerCase() : whole, Math.min(most, encoder.mostTokens));
      if (found.length > 0) return found;
      throw new Error(`The text ${JSON.stringify(text)} has no tokens: there is nothing to embed.`);
    });
    const vectors: ArrayLike<number>[] = new Array(texts.length);
    const see = (at: number, rows: Float32Array) => {
      vectors[at] = head(rows, hidden);
    };
    await encoder.encode(all, see, running);
    return vectors;
  };
  return {
    title,
    embed(texts, running) {
      const made = last.then(() => embed(texts, running));
      last = made.catch(() => {});
      return made;
    },
  };
}
