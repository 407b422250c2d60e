import type { Companion, Model, TensorEntry } from '../formats/model.ts';
import { byteLengthOf } from '../formats/safetensors/write.ts';
import type { Dtype } from '../numerics/dtype.ts';
import type { ModelRef } from '../recipe/recipe.ts';

/** "F32 [2, 3]" as a pair. */
export type HeaderTensor = readonly [dtype: Dtype, shape: readonly number[]];

type Options = {
  readonly name?: string;
  readonly config?: Readonly<Record<string, unknown>> | null;
  /** Companion files by name; equal texts have equal hashes. */
  readonly companions?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
};

/** Bytes of the made-up header in front of the first tensor. */
export const HEADER_BYTES = 128;

/** A model of one file that is only a header: tensors lie one after the other in the order given. */
export function headerModel(
  id: string,
  tensors: Readonly<Record<string, HeaderTensor>>,
  { name = id, config = null, companions = {}, metadata = {} }: Options = {},
): Model {
  const entries = new Map<string, TensorEntry>();
  let offset = HEADER_BYTES;
  for (const [tensor, [dtype, shape]] of Object.entries(tensors)) {
    const end = offset + byteLengthOf(dtype, shape);
    entries.set(tensor, { name: tensor, dtype, shape, file: 0, begin: offset, end });
    offset = end;
  }
  return {
    id,
    name,
    files: [{ name: 'model.safetensors', size: offset }],
    tensors: entries,
    config,
    companions: Object.entries(companions).map(([file, text]) => companion(file, text)),
    metadata,
  };
}

function companion(name: string, text: string): Companion {
  const size = new TextEncoder().encode(text).length;
  return { name, size, digests: [`sha256:of ${text}`], text: name === 'config.json' ? text : null };
}

/** How a recipe names a model. */
export function refTo(model: Model): ModelRef {
  const bytes = model.files.reduce((sum, file) => sum + file.size, 0);
  return { id: model.id, name: model.name, origin: 'local', bytes };
}
