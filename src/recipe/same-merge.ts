/**
 * Whether two recipes make the same of the same models, whatever these are called on the page and in whatever series they
 * stand.
 */
import { canonicalJson } from './canonical.ts';
import type { ModelRef, Recipe } from './recipe.ts';
import { membersOf } from './series.ts';

export function isSameMerge(a: Recipe, b: Recipe): boolean {
  return mergeKey(a) === mergeKey(b);
}

/**
 * What a recipe makes, as a text that is equal where that is. Models stand in it by what `weightsOf` says: what their weights
 * are known by; where nothing is known of them, their names and sizes.
 */
export function mergeKey(
  { output, series: _, ...recipe }: Recipe,
  weightsOf: (ref: ModelRef) => string = knownBy,
): string {
  const places = new Map(membersOf(recipe).map((ref) => [ref.id, weightsOf(ref)]));
  const replaced = JSON.stringify({ ...recipe, output: { ...output, name: '' } }, (key, value) => {
    if (isRef(value)) return weightsOf(value);
    return key !== 'id' && typeof value === 'string' ? (places.get(value) ?? value) : value;
  });
  return canonicalJson(JSON.parse(replaced));
}

function knownBy({ name, bytes, fingerprint, hub }: ModelRef): string {
  if (hub) return `weights ${hub.repo}@${hub.commit}/${hub.weights}`;
  return `weights ${fingerprint ?? name}, ${bytes}`;
}

const isRef = (value: unknown): value is ModelRef =>
  typeof value === 'object' && value !== null && 'origin' in value && 'bytes' in value;
