import type { LeftOut } from '../formats/beside.ts';
import { readCodes } from '../formats/codes/read-codes.ts';
import { type Companion, type Model, type StoredTensor, storedOf } from '../formats/model.ts';
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
  /** Names of components, each with a file of its own; tensors of one have it in front. */
  readonly components?: readonly string[];
  /** What the weights of components are called. */
  readonly stem?: string;
  readonly leftOut?: readonly LeftOut[];
  readonly remarks?: readonly string[];
};

/** Bytes of the made-up header in front of the first tensor. */
export const HEADER_BYTES = 128;

/** A model of one file that is only a header: tensors lie one after the other in the order given. */
export function headerModel(
  id: string,
  tensors: Readonly<Record<string, HeaderTensor>>,
  { name = id, config = {}, companions = {}, metadata = {}, ...more }: Options = {},
): Model {
  const { components = [''], stem = 'diffusion_pytorch_model', leftOut = [], remarks = [] } = more;
  const names = components;
  const entries = new Map<string, StoredTensor>();
  let offset = HEADER_BYTES;
  for (const [tensor, [dtype, shape]] of Object.entries(tensors)) {
    const end = offset + byteLengthOf(dtype, shape);
    const file = names.findIndex((name) => name !== '' && tensor.startsWith(`${name}/`));
    const at = { file: Math.max(0, file), begin: offset, end };
    entries.set(tensor, { name: tensor, dtype, shape, ...at });
    offset = end;
  }
  return {
    id,
    name,
    files: names.map((component) => ({
      name: component === '' ? 'model.safetensors' : `${component}/${stem}.safetensors`,
      size: offset,
      component,
    })),
    ...readCodes([{ tensors: entries, config }]),
    config,
    components: names.map((component) => ({
      name: component,
      config: component === '' ? config : parsed(companions[`${component}/config.json`]),
    })),
    companions: Object.entries(companions).map(([file, text]) => companion(file, text)),
    leftOut,
    remarks,
    adapter: null,
    metadata,
  };
}

/** Where a tensor lies in its file. */
export function placeIn(model: Model, tensor: string): StoredTensor {
  return storedOf(model.tensors.get(tensor)!)[0];
}

function companion(name: string, text: string): Companion {
  const size = new TextEncoder().encode(text).length;
  const isTold = /config\.json$|special_tokens_map\.json$|^chat_template/.test(name);
  return { name, size, digests: [`sha256:of ${text}`], text: isTold ? text : null };
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> | null {
  return text === undefined ? null : JSON.parse(text);
}

/** How a recipe names a model. */
export function refTo(model: Model): ModelRef {
  const bytes = model.files.reduce((sum, file) => sum + file.size, 0);
  return { id: model.id, name: model.name, origin: 'local', bytes };
}
