/** What a person has chosen of a search, before it begins. */
import { usualPopulation } from '../../evaluate/search/cma-es/settings.ts';
import type { Begin, Detail, Range } from '../../evaluate/search/space.ts';
import { dialValue, reachOf } from '../../recipe/dials.ts';
import type { Recipe, TensorGroup } from '../../recipe/recipe.ts';
import type { Search } from '../../stores/search.ts';
import {
  type EvolvePlan,
  type SearchPlan,
  searchable,
  searchedBy,
} from '../../stores/search-plan.ts';

export type SearchForm = {
  readonly kind: 'evolve' | 'greedy' | 'uniform' | 'learned' | 'line';
  /** Items of each task that a candidate is asked at most. */
  readonly most: number;
  readonly budget: number;
  readonly seed: number;
  /** Parameters that are kept as they are. */
  readonly unticked: readonly string[];
  readonly ranges: EvolvePlan['ranges'];
  readonly vary: Detail['kind'] | 'layers';
  readonly groups: readonly TensorGroup[];
  readonly points: number;
  readonly begin: Begin;
  readonly sigma: number;
  readonly population: number | null;
  readonly restarts: number;
  readonly experts: readonly [number, number];
  readonly linePoints: number;
};

export const usualForm: SearchForm = {
  ...{ kind: 'evolve', most: 25, budget: 100, seed: 1, unticked: [], ranges: {}, vary: 'whole' },
  ...{ groups: ['attention', 'mlp', 'embeddings', 'norms'], points: 3, begin: 'recipe' },
  ...{ sigma: 0.1, population: null, restarts: 2, experts: [0, 1], linePoints: 11 },
};

/** What a search was begun with. */
export function formOf({ plan, most, start }: Pick<Search, 'plan' | 'most' | 'start'>): SearchForm {
  const form = { ...usualForm, most };
  switch (plan.kind) {
    case 'evolve': {
      const { kind, keys, detail, ...rest } = plan;
      const all = keysOf(start).map(({ key }) => key);
      return {
        ...{ ...form, kind, ...rest, unticked: all.filter((key) => !keys.includes(key)) },
        vary: detail.kind,
        ...(detail.kind === 'groups' ? { groups: detail.groups } : {}),
        ...(detail.kind === 'depth' ? { points: detail.points } : {}),
      };
    }
    case 'learned':
      return { ...form, ...plan };
    case 'line':
      return { ...form, kind: plan.kind, experts: plan.experts, linePoints: plan.points };
    case 'grid':
      return form;
    default:
      return { ...form, kind: plan.kind };
  }
}

/** `layers` of the base, where they are known. */
export function planOf(form: SearchForm, recipe: Recipe, layers: number | null): SearchPlan {
  const { kind, budget, seed } = form;
  switch (kind) {
    case 'evolve': {
      const { unticked, ranges, begin, sigma, population, restarts } = form;
      const keys = keysOf(recipe).flatMap(({ key }) => (unticked.includes(key) ? [] : [key]));
      const detail = detailOf(form, layers);
      return { kind, keys, ranges, detail, begin, sigma, population, restarts, budget, seed };
    }
    case 'learned':
      return { kind, budget, seed };
    case 'line':
      return { kind, experts: form.experts, points: form.linePoints };
    default:
      return { kind };
  }
}

function detailOf({ vary, groups, points }: SearchForm, layers: number | null): Detail {
  if (vary === 'groups') return { kind: vary, groups };
  if (vary === 'depth') return { kind: vary, points };
  return vary === 'layers' && layers ? { kind: 'depth', points: layers } : { kind: 'whole' };
}

/** Parameters that are numbers: what they are called, their hard limits, and the ends between which they are searched. */
export function keysOf(recipe: Recipe) {
  const dials = searchable(recipe);
  return [...new Map(dials.map((dial) => [dial.key, dial.param]))].map(([key, param]) => {
    const reaches = dials
      .filter((dial) => dial.key === key)
      .map((dial) => reachOf(dial, dialValue(recipe, dial)));
    const reach: Range = [
      Math.min(...reaches.map(([low]) => low)),
      Math.max(...reaches.map(([, high]) => high)),
    ];
    return { key, param, reach };
  });
}

/** How many numbers are searched, and candidates of a generation; or why it cannot begin, for people. */
export function sizeOf(plan: EvolvePlan, recipe: Recipe) {
  if (plan.detail.kind === 'groups' && plan.detail.groups.length === 0) {
    return { problem: 'Choose one group of tensors or more.' };
  }
  try {
    const { length } = searchedBy(plan, recipe).axes;
    return { numbers: length, population: plan.population ?? usualPopulation(length) };
  } catch (error) {
    if (error instanceof RangeError) return { problem: error.message };
    throw error;
  }
}
