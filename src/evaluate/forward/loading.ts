import { panelSize, panelsOf } from './panels.ts';
import type { Processor, Room } from './processor.ts';

/** Weights of one model by their names in its files, decoded to f32. */
export type Weights = {
  /** Null where there is no tensor of that name. */
  shape(name: string): readonly number[] | null;
  read(name: string): Promise<Float32Array>;
};

/** A tensor that is missing or has another shape than config.json says. */
export class WeightsError extends Error {
  override readonly name = 'WeightsError';
}

/** A tensor of the shape that `config`, a file, makes it. Throws `WeightsError`. */
export async function readShaped(
  weights: Weights,
  name: string,
  shape: readonly number[],
  config = 'config.json',
): Promise<Float32Array> {
  const found = weights.shape(name);
  if (found?.join() === shape.join()) return weights.read(name);
  throw new WeightsError(
    `${name} ${found ? `has the shape [${found}]` : 'is missing'}; ${config} makes it [${shape}].`,
  );
}

/** Numbers in a room of their own. */
export function put(processor: Processor, numbers: Float32Array): Room {
  const room = processor.take(numbers.length);
  processor.write(room, numbers);
  return room;
}

/** The panels of matrices in a room of their own, as `panelsOf` makes them. */
export function packed(
  processor: Processor,
  matrices: readonly Float32Array[],
  depth: number,
): Room {
  const room = processor.take(panelSize(matrices, depth));
  processor.fill(room, (panels) => panelsOf(matrices, depth, panels));
  return room;
}
