/** Well-known merges as one press: each is a method with values, nothing a user could not set by hand. */
import type { ParamValue } from '../methods/params.ts';
import { withMethod } from './defaults.ts';
import type { Expert, Recipe } from './recipe.ts';

export type Preset = {
  readonly id: 'combine' | 'deeper' | 'soup' | 'forget' | 'analogy';
  readonly title: string;
  /** One plain sentence. */
  readonly summary: string;
  readonly source: string;
  /** Why it cannot be applied to this recipe yet, as a sentence; null when it can. */
  readonly obstacle: (recipe: Recipe) => string | null;
  /** Keeps models, dialect and output; sets method and values, and drops rules. */
  readonly apply: (recipe: Recipe) => Recipe;
};

const combine: Preset = {
  id: 'combine',
  title: 'Combine skills',
  summary: 'Add what every expert has learnt to the base; the more experts, the softer each.',
  source:
    'λ 0.8 for two models (task arithmetic’s code), 0.4 to 0.8 for two or three (TIES’s code and practice), 0.3 for eight (FusionBench).',
  obstacle: (recipe) => withoutBase(recipe) ?? withFewer(recipe, 1),
  apply: (recipe) =>
    set(recipe, 'task_arithmetic', { lambda: combineLambda(recipe.experts.length) }, () => 1),
};

/** λ for a sum of `models` task vectors: a step down where the sources give a lower value. */
export function combineLambda(models: number): number {
  if (models <= 1) return 1;
  if (models === 2) return 0.8;
  if (models === 3) return 0.6;
  return models < 8 ? 0.4 : 0.3;
}

const deeper: Preset = {
  id: 'deeper',
  title: 'Deeper layers more',
  summary:
    'Add little to the first layers, which all tasks share, and more layer by layer (LiNeS).',
  source:
    'λ = α + β · depth, LiNeS, Wang et al. 2025. α = 1 ÷ models is the paper’s for a sum; of one model 0.1 to 1 is an example of its code. β is to be tuned: 0.5 is the middle of what its code tries.',
  obstacle: (recipe) => withoutBase(recipe) ?? withFewer(recipe, 1),
  apply: (recipe) => {
    const [first, last] = deeperLambda(recipe.experts.length);
    // Embeddings, final norm and head lie outside the layers, and get α.
    const scaled = set(recipe, 'task_arithmetic', { lambda: first }, () => 1);
    return {
      ...scaled,
      rules: [
        {
          id: 'deeper',
          filter: { kind: 'contains', text: '' },
          parameter: 'lambda',
          model: null,
          value: [first, last],
        },
      ],
    };
  },
};

/** λ of the first layer and of the last. */
export function deeperLambda(models: number): readonly [first: number, last: number] {
  if (models <= 1) return [0.1, 1];
  const first = Number((1 / models).toFixed(3));
  return [first, Number((first + 0.5).toFixed(3))];
}

const soup: Preset = {
  id: 'soup',
  title: 'Soup',
  summary: 'Average several fine-tunes of the same task into one that is often steadier.',
  source: 'Model soups, Wortsman et al. 2022.',
  obstacle: (recipe) => withFewer(recipe, 2),
  apply: (recipe) => set(recipe, 'linear', { normalize: true }, () => 1),
};

const forget: Preset = {
  id: 'forget',
  title: 'Forget',
  summary: 'Take what the last expert has learnt away from the base, and keep the others.',
  source: 'Forgetting by negation, Ilharco et al. 2023.',
  obstacle: (recipe) => withoutBase(recipe) ?? withFewer(recipe, 1),
  apply: (recipe) =>
    set(recipe, 'task_arithmetic', {}, (_, index, all) => (index === all.length - 1 ? -1 : 1)),
};

const analogy: Preset = {
  id: 'analogy',
  title: 'Analogy',
  summary:
    'C + (B − A): what changed from the base A to the first expert B is added to the second expert C.',
  source: 'Task analogies, Ilharco et al. 2023.',
  obstacle: (recipe) =>
    withoutBase(recipe) ??
    (recipe.experts.length === 2
      ? null
      : `An analogy needs exactly two experts, B and C; there are ${recipe.experts.length}.`),
  // A + (B − A) + (C − A) = C + (B − A).
  apply: (recipe) => set(recipe, 'task_arithmetic', { lambda: 1, normalize: false }, () => 1),
};

export const presets: readonly Preset[] = [combine, deeper, soup, forget, analogy];

function set(
  recipe: Recipe,
  method: string,
  values: Readonly<Record<string, ParamValue>>,
  weight: (expert: Expert, index: number, all: readonly Expert[]) => number,
): Recipe {
  const experts = recipe.experts.map((expert, index, all) => ({
    ...expert,
    values: { weight: weight(expert, index, all) },
  }));
  return { ...withMethod(recipe, method), values, experts, rules: [] };
}

function withoutBase({ base }: Recipe): string | null {
  return base ? null : 'It needs the base that the experts were fine-tuned from.';
}

function withFewer({ experts }: Recipe, needed: number): string | null {
  if (experts.length >= needed) return null;
  return needed === 1 ? 'It needs an expert.' : `It needs ${needed} experts or more.`;
}
