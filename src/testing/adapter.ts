import { elementCount, type StoredTensor } from '../formats/model.ts';
import type { Adapter, Update } from '../formats/update.ts';
import type { Given } from '../lora/read/dialect.ts';
import { readAdapter } from '../lora/read/read-adapter.ts';
import type { Dtype } from '../numerics/dtype.ts';
import { deltaOf, type Rows } from './update-values.ts';

/** Values are repeated to fill the shape; without any, 1, 2, 3, … */
export type AdapterTensor = {
  readonly shape: readonly number[];
  readonly values?: readonly number[];
  readonly dtype?: Dtype;
};

/** Values of a tensor in C order. */
export function filled({ shape, values }: AdapterTensor): readonly number[] {
  return Array.from(
    { length: elementCount(shape) },
    (_, i) => values?.[i % values.length] ?? i + 1,
  );
}

/** "[2, 3]" of 1, 2, 3, …, or of the values given. */
export const t = (shape: readonly number[], ...values: readonly number[]): AdapterTensor =>
  values.length > 0 ? { shape, values } : { shape };

export type ReadBack = Adapter & {
  /** The update of a module; throws when there is none, or another. */
  readonly of: (module: string, of?: Update['of']) => Update;
  readonly valuesOf: (update: Update) => readonly (readonly number[])[];
  /** scale · matrix. */
  readonly delta: (module: string, of?: Update['of']) => Rows;
};

/** Reads an adapter whose tensors are values in memory. */
export function readBack(
  tensors: Readonly<Record<string, AdapterTensor>>,
  config: Given['config'] = null,
  metadata: Given['metadata'] = {},
): ReadBack {
  const stored = new Map(
    Object.entries(tensors).map(([name, { shape, dtype = 'F32' }], at): [string, StoredTensor] => [
      name,
      { name, dtype, shape, file: 0, begin: 100 * at, end: 100 * at + 4 * elementCount(shape) },
    ]),
  );
  const adapter = readAdapter({
    ...{ file: 'adapter.safetensors', tensors: stored, config, metadata },
    numberOf: ({ name }) => filled(tensors[name])[0],
  });
  const of = (module: string, kind: Update['of'] = 'weight') => {
    const found = adapter.updates.filter((each) => each.module === module && each.of === kind);
    if (found.length === 1) return found[0];
    const why = adapter.unread.map((each) => `${each.tensor}: ${each.why}`).join('\n');
    throw new Error(`${found.length} updates of the ${kind} of ${module}\n${why}`);
  };
  const valuesOf = ({ inputs }: Update) => inputs.map(({ name }) => filled(tensors[name]));
  return {
    ...adapter,
    of,
    valuesOf,
    delta: (module, kind) => deltaOf(of(module, kind), valuesOf(of(module, kind))),
  };
}
