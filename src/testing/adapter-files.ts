/** Adapters as files in each naming, what the engine makes of them, and what they add to which weight. */

import { Library } from '../engine/library/library.ts';
import type { Model } from '../formats/model.ts';
import { readHeader } from '../formats/safetensors/header.ts';
import { pair } from '../lora/pair/pair.ts';
import { isFloatDtype } from '../numerics/dtype.ts';
import { plan } from '../plan/plan.ts';
import type { Finding } from '../plan/types.ts';
import { emptyRecipe } from '../recipe/defaults.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { decode } from './encode.ts';
import { memorySource } from './memory-source.ts';
import { runInMemory } from './merge-run.ts';
import { refTo } from './model.ts';
import { f32, modelFile, type TestTensor } from './model-file.ts';
import { baseTensors } from './pairing.ts';
import { randomNumbers } from './samples.ts';
import { deltaOf, type Rows } from './update-values.ts';

/** By path. */
export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
/** Outputs, inputs, and the kernel of a convolution. */
export type Weight = readonly [rows: number, inputs: number, ...kernel: number[]];

type Options = { readonly rank?: number; readonly alpha?: number; readonly seed?: number };

/** Factors of random numbers for each module: of outputs × rank and rank × inputs. */
function factors(weights: Readonly<Record<string, Weight>>, { rank = 2, seed = 1 }: Options) {
  const random = randomNumbers(seed);
  const values = (count: number) => Array.from({ length: count }, () => random() - 0.5);
  return Object.entries(weights).map(([module, [rows, inputs, ...kernel]]) => {
    const wide = kernel.reduce((size, each) => size * each, inputs);
    const ones = kernel.map(() => 1);
    const down = f32([rank, inputs, ...kernel], values(rank * wide));
    return { module, down, up: f32([rows, rank, ...ones], values(rows * rank)) };
  });
}

export function kohyaFile(
  weights: Readonly<Record<string, Weight>>,
  options: Options = {},
  metadata?: Readonly<Record<string, string>>,
): Files {
  const { rank = 2, alpha = rank } = options;
  const tensors = factors(weights, options).flatMap(({ module, down, up }) => [
    [`${module}.lora_down.weight`, down] as const,
    [`${module}.lora_up.weight`, up] as const,
    [`${module}.alpha`, f32([], [alpha])] as const,
  ]);
  return new Map([['style.safetensors', modelFile(Object.fromEntries(tensors), metadata)]]);
}

/** As diffusers and ai-toolkit write it: without alpha. */
export function diffusersFile(
  weights: Readonly<Record<string, Weight>>,
  options: Options = {},
  metadata?: Readonly<Record<string, string>>,
): Files {
  return new Map([['pytorch_lora_weights.safetensors', dotted('', weights, options, metadata)]]);
}

export function peftFolder(
  weights: Readonly<Record<string, Weight>>,
  options: Options = {},
): Files {
  const { rank = 2, alpha = rank } = options;
  const target_modules = Object.keys(weights);
  const config = { peft_type: 'LORA', r: rank, lora_alpha: alpha, target_modules };
  return new Map([
    ['adapter_config.json', new TextEncoder().encode(JSON.stringify(config))],
    ['adapter_model.safetensors', dotted('base_model.model.', weights, options)],
  ]);
}

function dotted(
  front: string,
  weights: Readonly<Record<string, Weight>>,
  options: Options,
  metadata?: Readonly<Record<string, string>>,
) {
  const tensors: Record<string, TestTensor> = {};
  for (const { module, down, up } of factors(weights, options)) {
    tensors[`${front}${module}.lora_A.weight`] = down;
    tensors[`${front}${module}.lora_B.weight`] = up;
  }
  return modelFile(tensors, metadata);
}

const sourcesOf = (files: Files) => [...files].map(([name, bytes]) => memorySource(name, bytes));

/** Merges adapters, or one, at weight 1 unless the recipe says otherwise; their findings where there is no plan. */
export async function mergeAdapters(
  adapters: readonly Files[],
  recipe: Omit<Partial<Recipe>, 'output'> & { readonly output?: Partial<Recipe['output']> } = {},
  base: Files | null = null,
): Promise<{ readonly files: Files; readonly findings: readonly Finding[] }> {
  const library = new Library();
  const open = (id: string, files: Files) => library.open(id, id, sourcesOf(files));
  const own = base && (await open('base', base));
  const models = await Promise.all(adapters.map((files, i) => open(`adapter ${i + 1}`, files)));
  const made = plan({
    recipe: {
      ...emptyRecipe(),
      values: { lambda: 1 },
      base: own && refTo(own),
      experts: models.map((model) => ({ model: refTo(model), values: { weight: 1 } })),
      ...recipe,
      output: { ...emptyRecipe().output, as: 'adapter', dtype: 'F32', ...recipe.output },
    },
    models: new Map([...(own ? [own] : []), ...models].map((model) => [model.id, model])),
    ...{ recipeHash: 'hash', producer: { version: '0', backend: 'cpu' } as const },
  });
  if (!('plan' in made)) return { files: new Map(), findings: made.findings };
  const { sink, result } = await runInMemory(made.plan, library);
  const { verify } = result;
  if (verify.problems.length > 0) throw new Error(JSON.stringify(verify.problems));
  return { files: sink.files as Files, findings: made.plan.findings };
}

/** What adapters add to each weight of a base of these shapes, in f64, from their files alone. */
export async function addedBy(
  files: Files,
  shapes: Readonly<Record<string, readonly number[]>>,
): Promise<ReadonlyMap<string, Rows>> {
  const sources = sourcesOf(files);
  const model: Model = await new Library().open('made', 'made', sources);
  const weights = sources.find(({ name }) => name.endsWith('.safetensors'))!;
  const { pairs, unmatched } = pair(model.adapter!, baseTensors(shapes));
  if (unmatched.length > 0) throw new Error(`unmatched: ${JSON.stringify(unmatched)}`);
  const added = pairs.map(async ({ tensor, inputs, ...update }) => {
    const values = inputs.map(async ({ begin, end, dtype }) => {
      if (!isFloatDtype(dtype)) throw new Error(dtype);
      return decode(await weights.read(begin, end), dtype);
    });
    return [tensor, deltaOf(update, await Promise.all(values))] as const;
  });
  return new Map(await Promise.all(added));
}

/** The largest difference between what two adapters add, with zeros for what only one changes. */
export function farthest(one: ReadonlyMap<string, Rows>, other: ReadonlyMap<string, Rows>): number {
  let most = 0;
  for (const name of new Set([...one.keys(), ...other.keys()])) {
    const [a, b] = [one.get(name), other.get(name)];
    const rows = a ?? b!;
    for (const [i, row] of rows.entries()) {
      for (const j of row.keys()) {
        most = Math.max(most, Math.abs((a?.[i][j] ?? 0) - (b?.[i][j] ?? 0)));
      }
    }
  }
  return most;
}

/** Names and shapes in the file of weights, and what its header says. */
export async function contentsOf(files: Files) {
  const [source] = sourcesOf(files).filter(({ name }) => name.endsWith('.safetensors'));
  const { tensors, metadata } = await readHeader(source);
  return {
    file: source.name,
    shapes: Object.fromEntries(tensors.map(({ name, shape }) => [name, shape])),
    metadata,
  };
}
