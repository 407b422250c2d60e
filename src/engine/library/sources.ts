import type { Source } from '../../io/source.ts';

/** The same text for the same weight file. */
export function weightsKey(model: string, file: number): string {
  return `${file} ${model}`;
}

/** Where the bytes of opened models come from. */
export interface Sources {
  /** Weight file `file` of a model, as `Model.files` counts them. */
  weights(model: string, file: number): Source;
  /** A small file beside the weights, by its name. */
  companion(model: string, name: string): Source;
}
