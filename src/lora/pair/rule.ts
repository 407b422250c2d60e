/** Names of modules of one layout, and what they are in common names. Plain data: see `layouts/`. */
export type Rule = {
  /** `#` stands for a number, `*` for anything; what they stand for is put into `to` in the same order. */
  readonly from: string;
  /** In common names; several where it is fused, in the order of its rows. */
  readonly to: readonly string[];
  /** How many rows each has; needed where there are several. */
  readonly cut?: Cut;
  /** Whether it holds in text encoders only. */
  readonly onlyText?: true;
};

/**
 * How the rows of a fused weight are cut. `equal`: into as many. `inner`: each as many as the weight has
 * columns, the last all others. `like`: the first as many as that module has columns, the others alike.
 */
export type Cut = 'equal' | 'inner' | { readonly like: string };

/** Rules that only rename. */
export function renames(pairs: Readonly<Record<string, string>>): readonly Rule[] {
  return Object.entries(pairs).map(([from, to]) => ({ from, to: [to] }));
}
