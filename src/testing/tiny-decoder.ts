/** Tiny decoders whose weights are hashes of where they are, as in tools/goldens/decoders.py. */
import goldens from '../evaluate/forward/goldens.json' with { type: 'json' };
import type { Weights } from '../evaluate/forward/loading.ts';
import { randomNumbers } from './samples.ts';

export type TinyDecoder = {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Of each text every third row of logits. */
  readonly logits: readonly (readonly (readonly number[])[])[];
  /** What follows the first text. */
  readonly greedy: readonly number[];
  readonly weights: Weights;
};

export const tinyTexts: readonly (readonly number[])[] = goldens.texts;

export const tinyDecoders: readonly TinyDecoder[] = goldens.cases.map(({ shapes, ...rest }) => ({
  ...rest,
  weights: hashed(new Map(Object.entries(shapes as Record<string, number[]>))),
}));

/** Weights of these shapes: uniform in ±1/2 · `scale`, and one more in a norm. */
export function hashed(shapes: ReadonlyMap<string, readonly number[]>, scale = 1): Weights {
  const seeds = new Map([...shapes.keys()].sort().map((name, seed) => [name, seed]));
  return {
    shape: (name) => shapes.get(name) ?? null,
    async read(name) {
      const random = randomNumbers(seeds.get(name) ?? 0);
      const count = shapes.get(name)?.reduce((product, side) => product * side, 1) ?? 0;
      const middle = name.includes('norm') ? 1 : 0;
      return Float32Array.from({ length: count }, () => (random() - 0.5) * scale + middle);
    },
  };
}
