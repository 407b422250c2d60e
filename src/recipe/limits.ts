/** What a recipe may hold at most: far beyond any real one, and little enough to be read at once. */
export const limits = {
  /** Characters of a recipe file. */
  text: 1_000_000,
  /** Characters of a name, a path or a pattern. */
  name: 1_000,
  experts: 100,
  rules: 200,
  keeps: 200,
  renames: 100,
  slices: 500,
  /** Recipes of a series. */
  steps: 100,
  /** That a slice may reach, and that all may have together. */
  layers: 10_000,
  /** Characters of a chat template. */
  template: 100_000,
  /** Tokens whose rows are told one by one. */
  tokenRows: 1_000,
  /** Of rows to a multiple. */
  padTo: 65_536,
  /** Of one gradient. */
  anchors: 1_000,
  /** Things wrong with it that are told. */
  faults: 20,
} as const;
