/** The same merges as mergekit and as our page are told them. Numbers in mergekit's dialect. */
import type { Recipe } from '../../src/recipe/recipe.ts';

export type Duel = {
  readonly method: string;
  /** Global parameters, spelled out for both. */
  readonly values: Recipe['values'];
  /** Of each expert. */
  readonly own: Readonly<Record<string, number>>;
  readonly base: 'used' | 'none' | 'one of two';
  /** Whether chance decides: then the numbers of the two cannot be compared. */
  readonly random: boolean;
};

const trimmed = { weight: 1, density: 0.2 };

export const duels: readonly Duel[] = [
  { method: 'ties', values: { lambda: 1 }, own: trimmed, base: 'used', random: false },
  {
    method: 'linear',
    values: { normalize: true },
    own: { weight: 1 },
    base: 'none',
    random: false,
  },
  { method: 'dare_ties', values: { lambda: 1 }, own: trimmed, base: 'used', random: true },
  { method: 'slerp', values: { t: 0.5 }, own: {}, base: 'one of two', random: false },
];

/** Of `llama-base`, `llama-1`, …: those that take part, the base first where there is one. */
export function participants({ base }: Duel, models: readonly string[]): readonly string[] {
  if (base === 'used') return models;
  return base === 'none' ? models.slice(1) : models.slice(0, 2);
}

/** mergekit's recipe. JSON is YAML. */
export function mergekitRecipe(duel: Duel, models: readonly string[]): string {
  const all = participants(duel, models);
  const experts = duel.base === 'used' ? all.slice(1) : all;
  return JSON.stringify({
    merge_method: duel.method,
    ...(duel.base === 'none' ? {} : { base_model: all[0] }),
    models: experts.map((model) => ({ model, parameters: duel.own })),
    parameters: duel.values,
    dtype: 'bfloat16',
  });
}
