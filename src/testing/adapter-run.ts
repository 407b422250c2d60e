/** Adapters in memory, merged to one as the page does it. */
import { Library } from '../engine/library/library.ts';
import { readPlane } from '../engine/tensor/planes.ts';
import type { Model } from '../formats/model.ts';
import type { Finding } from '../plan/types.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { decode } from './encode.ts';
import { memorySource } from './memory-source.ts';
import { runInMemory } from './merge-run.ts';
import { f32, modelFile } from './model-file.ts';
import { planWith, recipeOf, withValues } from './planning.ts';

/** As PEFT writes it. */
export type MadeAdapter = {
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>
  >;
};

export type AdapterRun = {
  /** scale · B·A by module, row by row as the weight lies. */
  readonly updates: ReadonlyMap<string, readonly number[]>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
};

/** Merges adapters without a base. Throws what the findings say where there is no plan. */
export async function adapterRun(
  adapters: Readonly<Record<string, MadeAdapter>>,
  recipe: Partial<Recipe>,
  values: readonly Recipe['values'][],
): Promise<AdapterRun> {
  const library = new Library();
  const models: Model[] = [];
  for (const [id, { config, tensors }] of Object.entries(adapters)) {
    const entries = Object.entries(tensors).map(([name, tensor]) => [
      name,
      f32(tensor.shape, tensor.values),
    ]);
    models.push(
      await library.open(id, id, [
        memorySource('adapter_config.json', new TextEncoder().encode(JSON.stringify(config))),
        memorySource('adapter_model.safetensors', modelFile(Object.fromEntries(entries))),
      ]),
    );
  }
  const made = planWith(withValues(recipeOf(null, models, recipe), ...values), models);
  if (!('plan' in made)) throw new Error(made.findings.map(({ message }) => message).join('\n'));
  const { sink } = await runInMemory(made.plan, library);
  const files = [...sink.files].map(([name, bytes]) => memorySource(name, bytes));
  const written = await library.open('written', 'written', files);
  const config = JSON.parse(new TextDecoder().decode(sink.files.get('adapter_config.json')));
  return { updates: await updatesOf(written, library), config, findings: made.plan.findings };
}

async function updatesOf({ id, adapter }: Model, sources: Library) {
  const read = adapter!.updates.map(async (update) => {
    const { module, rows, columns, matrix, scale, inputs } = update;
    const bytes = await readPlane(
      {
        ...{ dtype: 'F32', from: 0, to: rows * columns },
        formula: {
          ...{ kind: 'update', sizes: [1, rows, columns], matrix, scale },
          ...{ magnitudes: null, base: null },
        },
        inputs: inputs.map(({ file, begin, end }) => ({ model: id, file, begin, end })),
      },
      0,
      rows * columns,
      { sources, tensor: module, budget: 2 ** 28 },
      new AbortController().signal,
    );
    return [module, decode(bytes, 'F32')] as const;
  });
  return new Map(await Promise.all(read));
}
