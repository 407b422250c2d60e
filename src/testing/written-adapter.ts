/** An engine in memory with models and adapters open, and what it writes of them. */
import { onTestFinished } from 'vitest';
import type { Progress, RunOptions } from '../engine/protocol.ts';
import type { Surroundings } from '../engine/serve.ts';
import { readHeader } from '../formats/safetensors/header.ts';
import { emptyRecipe } from '../recipe/defaults.ts';
import type { OutputOptions, Recipe } from '../recipe/recipe.ts';
import { decode } from './encode.ts';
import { enginePair, memorySurroundings } from './engine-pair.ts';
import { type MemorySink, memorySink } from './memory-sink.ts';
import { memorySource } from './memory-source.ts';
import { f32, modelFile, type TestTensor } from './model-file.ts';
import { modelRef } from './recipes.ts';

/** Files by name. */
export type Folder = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

export type Written = {
  readonly files: MemorySink['files'];
  /** Of its weight file, by name. */
  readonly tensors: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly values: readonly number[] }
  >;
  readonly config: Readonly<Record<string, unknown>>;
  readonly progress: readonly Progress[];
  /** B · A of a module, row by row. */
  delta(module: string): readonly number[];
};

export const runOptions: RunOptions = { backend: 'cpu', memoryBudget: 2 ** 28 };

/** `base`, where there is one, is the base; all others are experts, in order. */
export async function adapterEngine(
  folders: Readonly<Record<string, Folder>>,
  over: Partial<Surroundings> = {},
) {
  const sinks: MemorySink[] = [];
  const bytes = new Map(
    Object.entries(folders).flatMap(([id, folder]) =>
      Object.entries(folder).map(([path, own]) => [`${id}/${path}`, own] as const),
    ),
  );
  const sink = async () => {
    sinks.push(memorySink());
    return sinks[sinks.length - 1];
  };
  const { client, close } = enginePair(memorySurroundings(bytes, { sink, ...over }));
  onTestFinished(close);
  for (const [id, folder] of Object.entries(folders)) {
    const handles = Object.entries(folder).map(([path, { length: size }]) => {
      return { kind: 'url', path, url: `${id}/${path}`, size } as const;
    });
    await client.open(id, id, handles);
  }

  const refTo = (id: string) => {
    const weights = Object.entries(folders[id]).filter(([path]) => path.endsWith('.safetensors'));
    return { ...modelRef(id), bytes: weights.reduce((sum, [, { length }]) => sum + length, 0) };
  };

  function order(output: Partial<OutputOptions>, recipe: Partial<Recipe> = {}) {
    const whole: Recipe = {
      ...emptyRecipe(),
      smallShare: 'merge anyway',
      base: folders['base'] ? refTo('base') : null,
      experts: Object.keys(folders)
        .filter((id) => id !== 'base')
        .map((id) => ({ model: refTo(id), values: {} })),
      values: { lambda: 1 },
      output: { ...emptyRecipe().output, dtype: 'F32', as: 'adapter', ...output },
      ...recipe,
    };
    return {
      recipe: whole,
      recipeHash: 'hash',
      producer: { version: '0', backend: 'cpu' },
    } as const;
  }

  async function write(asked: ReturnType<typeof order>): Promise<Written> {
    const progress: Progress[] = [];
    const onProgress = (each: Progress) => progress.push(each);
    const place = { kind: 'opfs', folder: 'x' } as const;
    const { verify } = await client.run(asked, place, runOptions, { onProgress });
    if (!verify.ok) throw new Error(verify.problems.join('\n'));
    const { files } = sinks[sinks.length - 1];
    const name = files.has('adapter_model.safetensors')
      ? 'adapter_model.safetensors'
      : 'model.safetensors';
    const tensors = await tensorsIn(name, files.get(name)!);
    const config = JSON.parse(new TextDecoder().decode(files.get('adapter_config.json')) || '{}');
    const delta = (module: string) => {
      const a = tensors.get(`base_model.model.${module}.lora_A.weight`)!;
      const b = tensors.get(`base_model.model.${module}.lora_B.weight`)!;
      return product(b.values, a.values, a.shape[0]);
    };
    return { files, tensors, config, progress, delta };
  }

  return { client, order, write };
}

export async function tensorsIn(
  name: string,
  file: Uint8Array<ArrayBuffer>,
): Promise<Written['tensors']> {
  const source = memorySource(name, file);
  const { tensors } = await readHeader(source);
  const read = tensors.map(async ({ name: tensor, dtype, shape, begin, end }) => {
    const bytes = await source.read(begin, end);
    const values =
      dtype === 'I64'
        ? Array.from(new BigInt64Array(bytes.buffer), Number)
        : decode(bytes, dtype as 'F32');
    return [tensor, { shape, values }] as const;
  });
  return new Map(await Promise.all(read));
}

/** B · A in f64, of `rank` columns and rows. */
function product(b: readonly number[], a: readonly number[], rank: number): readonly number[] {
  const [rows, columns] = [b.length / rank, a.length / rank];
  return Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += b[i * rank + k] * a[k * columns + j];
    return sum;
  });
}

/** A PEFT adapter: A and B by module, row by row. */
export function peftFolder(
  modules: Readonly<Record<string, { readonly a: TestTensor; readonly b: TestTensor }>>,
  config: Readonly<Record<string, unknown>> = {},
  saved: Readonly<Record<string, TestTensor>> = {},
): Folder {
  const key = (name: string) => `base_model.model.${name}`;
  const factors = Object.entries(modules).flatMap(([module, { a, b }]) => [
    [key(`${module}.lora_A.weight`), a] as const,
    [key(`${module}.lora_B.weight`), b] as const,
  ]);
  const [first] = Object.values(modules);
  const whole = { peft_type: 'LORA', r: first.a.shape[0], lora_alpha: first.a.shape[0], ...config };
  const others = Object.entries(saved).map(([name, tensor]) => [key(name), tensor] as const);
  return {
    'adapter_config.json': new TextEncoder().encode(
      JSON.stringify({ target_modules: Object.keys(modules), ...whole }),
    ),
    'adapter_model.safetensors': modelFile(Object.fromEntries([...factors, ...others])),
  };
}

export const modelFolder = (tensors: Readonly<Record<string, TestTensor>>): Folder => ({
  'model.safetensors': modelFile(tensors),
});

/** Values on the diagonal, row by row. */
export function diagonal(rows: number, columns: number, values: readonly number[]): TestTensor {
  const all = new Array<number>(rows * columns).fill(0);
  for (const [i, value] of values.entries()) all[i * columns + i] = value;
  return f32([rows, columns], all);
}
