/** What models are called in a recipe: two of them never carry one name. */

/** "checkpoint", or "checkpoint (2)" where that is taken, and so on. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${name} (${n})`;
    if (!taken.has(free)) return free;
  }
}

/** The name without the number that `freeName` gave it. */
export function plainName(name: string): string {
  return name.replace(/ \(\d+\)$/, '');
}

/** The last part of a path or of a repo's name, in any case: what a model is called wherever it lies. */
export const lastOf = (path: string): string =>
  path
    .replace(/[\\/]+$/, '')
    .split(/[\\/]/)
    .pop()!
    .toLowerCase();
