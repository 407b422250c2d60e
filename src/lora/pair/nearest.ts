/** The module whose name is most like one that is not there: most words in common. */
import { flatName } from './addresses.ts';
import { grouped } from './grouped.ts';
import type { Module } from './modules.ts';

/**
 * Names differ in their numbers mostly, so kinds of names are compared, not names. Null where nothing has
 * half of its words in common.
 */
export function nearestIn(modules: readonly Module[]): (module: string) => string | null {
  let kinds: ReadonlyMap<string, readonly string[]> | null = null;
  const best = new Map<string, string | null>();
  return (module) => {
    kinds ??= grouped(
      modules.map(({ name }) => name),
      (name) => [kindOf(name)],
    );
    const kind = kindOf(module);
    if (!best.has(kind)) best.set(kind, mostAlike(kind, [...kinds.keys()]));
    const found = best.get(kind);
    if (!found) return null;
    const names = kinds.get(found)!;
    const numbers = numbersOf(module);
    const away = (name: string) =>
      numbersOf(name).reduce((sum, number, k) => sum + Math.abs(number - (numbers[k] ?? 0)), 0);
    return names.reduce((one, other) => (away(other) < away(one) ? other : one));
  };
}

/** A name without its numbers. */
export const kindOf = (name: string) => flatName(name).replaceAll('/', '_').replace(/\d+/g, '#');
const numbersOf = (name: string) => (name.match(/\d+/g) ?? []).map(Number);

function mostAlike(kind: string, kinds: readonly string[]): string | null {
  const words = kind.split('_');
  let best: string | null = null;
  let most = 0.5;
  for (const other of kinds) {
    const left = other.split('_');
    const count = left.length;
    const common = words.filter((word) => {
      const at = left.indexOf(word);
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    }).length;
    const alike = (2 * common) / (words.length + count);
    if (alike > most || (best === null && alike === most)) [best, most] = [other, alike];
  }
  return best;
}
