/** What random draws leave of several models, by how much each keeps: every model changes every element, signs are random. */

/** Share of the elements that two models or more keep. */
export function overlapOf(keeps: readonly number[]): number {
  const noneOf = (all: readonly number[]) => all.reduce((product, keep) => product * (1 - keep), 1);
  const one = keeps.reduce(
    (sum, keep, k) => sum + keep * noneOf(keeps.filter((_, other) => other !== k)),
    0,
  );
  return Math.max(0, 1 - noneOf(keeps) - one);
}

/**
 * Share of the elements at which two that are kept have different signs: not those where none is positive or none is
 * negative. Either has every model's with half of what it keeps.
 */
export function conflictOf(keeps: readonly number[]): number {
  const without = (of: (keep: number) => number) =>
    keeps.reduce((product, keep) => product * (1 - of(keep)), 1);
  return Math.max(0, 1 - 2 * without((keep) => keep / 2) + without((keep) => keep));
}
