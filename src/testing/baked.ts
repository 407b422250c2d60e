/** Adapters merged into a small model. */
import type { Backend } from '../compute/backend.ts';
import { cpuBackend } from '../compute/cpu/backend.ts';
import { Library } from '../engine/library/library.ts';
import { plan } from '../plan/plan.ts';
import { emptyRecipe } from '../recipe/defaults.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { memorySource } from './memory-source.ts';
import { runInMemory } from './merge-run.ts';
import { refTo } from './model.ts';
import { modelFile, type TestTensor } from './model-file.ts';

/** The name of a module. */
export const q = (layer: number) => `model.layers.${layer}.self_attn.q_proj`;
type Tensors = Readonly<Record<string, TestTensor>>;

/** A LoRA in PEFT's form, of one module each: B, A; alpha = rank. */
export function lora(modules: Readonly<Record<string, readonly [b: TestTensor, a: TestTensor]>>) {
  const tensors: Record<string, TestTensor> = {};
  for (const [module, [b, a]] of Object.entries(modules)) {
    tensors[`base_model.model.${module}.lora_B.weight`] = b;
    tensors[`base_model.model.${module}.lora_A.weight`] = a;
  }
  const [[, a]] = Object.values(modules);
  const config = { peft_type: 'LORA', r: a.shape[0], lora_alpha: a.shape[0] };
  return { tensors, config: { ...config, target_modules: ['q_proj'] } };
}

/** Opened, planned and merged in memory. */
export async function baked(
  base: Tensors,
  adapters: readonly ReturnType<typeof lora>[],
  recipe: Partial<Recipe> = {},
  values: Recipe['values'] = {},
  backend: Backend = cpuBackend(),
) {
  const library = new Library();
  const open = (id: string, tensors: Tensors, config?: object) =>
    library.open(id, id, [
      memorySource(config ? 'adapter_model.safetensors' : 'model.safetensors', modelFile(tensors)),
      ...(config
        ? [memorySource('adapter_config.json', new TextEncoder().encode(JSON.stringify(config)))]
        : []),
    ]);
  const own = await open('base', base);
  const experts = await Promise.all(
    adapters.map(({ tensors, config }, k) => open(`lora-${k}`, tensors, config)),
  );
  const made = plan({
    recipe: {
      ...{ ...emptyRecipe(), base: refTo(own), smallShare: 'merge anyway' },
      experts: experts.map((model) => ({ model: refTo(model), values })),
      ...recipe,
    },
    models: new Map([own, ...experts].map((model) => [model.id, model])),
    recipeHash: 'hash',
    producer: { version: '0', backend: 'cpu' },
  });
  if (!('plan' in made)) throw new Error(made.findings.map(({ message }) => message).join('\n'));
  return { plan: made.plan, library, ...(await runInMemory(made.plan, library, { backend })) };
}
