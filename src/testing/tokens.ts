/** Small models with tokenizers, in memory. */
import { Library } from '../engine/library/library.ts';
import { Planner } from '../engine/library/planner.ts';
import type { Model } from '../formats/model.ts';
import type { Planned } from '../plan/plan.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { memorySource } from './memory-source.ts';
import { modelFile, type TestTensor } from './model-file.ts';
import { recipeOf } from './planning.ts';
import { tokenizerJson } from './tokenizer-json.ts';

export type TokenModel = {
  readonly tensors: Readonly<Record<string, TestTensor>>;
  /** In the order of ids; those in angles are added and special. */
  readonly tokens?: readonly string[];
  /** Other small files by name; a `tokenizer.json` here goes before `tokens`. */
  readonly files?: Readonly<Record<string, string>>;
};

export async function openTokenModels(models: Readonly<Record<string, TokenModel>>) {
  const library = new Library();
  const open = new Map<string, Model>();
  for (const [id, { tensors, tokens, files = {} }] of Object.entries(models)) {
    const text = new TextEncoder();
    const own = tokens ? { 'tokenizer.json': tokenizerJson(tokens) } : {};
    const sources = [
      memorySource('model.safetensors', modelFile(tensors)),
      ...Object.entries({ ...own, ...files }).map(([name, content]) =>
        memorySource(name, text.encode(content)),
      ),
    ];
    open.set(id, await library.open(id, id, sources));
  }
  const planner = new Planner(library);
  return {
    library,
    models: open,
    /** `base` may be none of them; all others are experts, in their order. */
    async plan(base: string | null, more: Partial<Recipe>): Promise<Planned> {
      const experts = [...open.values()].filter(({ id }) => id !== base);
      const recipe = recipeOf(base === null ? null : open.get(base)!, experts, more);
      const producer = { version: '0', backend: 'cpu' } as const;
      const order = { recipe, recipeHash: 'hash', producer };
      await planner.waits(order);
      return planner.plan(order);
    },
  };
}
