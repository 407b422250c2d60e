import { sha256 } from 'hash-wasm';
import { canonicalJson } from './canonical.ts';
import type { Recipe } from './recipe.ts';

/** SHA-256 of the canonical recipe, in hex: the recipe's name in the output's metadata. */
export function hashRecipe(recipe: Recipe): Promise<string> {
  return sha256(canonicalJson(recipe));
}
