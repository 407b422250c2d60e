import { signed } from '../kit/format.ts';

/** What a cosine of two task vectors says of merging them. */
export function inWords(cosine: number | null, one: string, other: string): string {
  const both = `${one} and ${other}`;
  if (cosine === null) return `${both}: one of them changes nothing, so they have no angle.`;
  const value = signed(cosine);
  if (cosine >= 0.5) {
    return `${both} (${value}) are redundant to a good part: they changed the weights the same way, and a plain sum counts that twice.`;
  }
  if (cosine >= 0.1)
    return `${both} (${value}) share a part of their direction; the rest is their own.`;
  if (cosine > -0.1)
    return `${both} (${value}) are nearly independent: neither is in the way of the other.`;
  return `${both} (${value}) are opposed${cosine > -0.5 ? ' in part' : ''}: a sum cancels some of both.`;
}

/** "one, two and three". */
export function listed(all: readonly string[]): string {
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

/** The first names, and how many there are besides: a sentence holds so many. */
export function named(names: readonly string[]): string {
  return listed(names.length <= 4 ? names : [...names.slice(0, 3), `${names.length - 3} more`]);
}
