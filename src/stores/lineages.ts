import type { Lineage } from '../evaluate/search/lineage.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { mergeKey } from '../recipe/same-merge.ts';
import { recall, remember } from './storage.ts';

/** How recipes were found, in local storage: by what each makes, the one noted last at the end. */
type Noted = readonly { readonly of: string; readonly lineage: Lineage }[];

const keptAs = 'amalgam.lineages.1';
const most = 20;

/** Until the recipe is another: what was found says nothing of that one. */
export function noteLineage(recipe: Recipe, lineage: Lineage): void {
  const of = mergeKey(recipe);
  const others = noted().filter((each) => each.of !== of);
  remember(keptAs, [...others, { of, lineage }].slice(-most));
}

/** Null where nothing was noted of what this recipe makes. */
export function lineageOf(recipe: Recipe): Lineage | null {
  const of = mergeKey(recipe);
  return noted().find((each) => each.of === of)?.lineage ?? null;
}

export const hasLineages = () => noted().length > 0;

function noted(): Noted {
  const kept = recall(keptAs);
  return Array.isArray(kept) ? kept : [];
}
