/** From common names to those of a layout: the tables of `pair/layouts/`, read backwards. */
import { blackForestRules, diffusersRules } from '../pair/layouts/flux.ts';
import { unetRules } from '../pair/layouts/unet.ts';
import type { Cut, Rule } from '../pair/rule.ts';
import { compile } from '../pair/rules.ts';

/** The module of a layout that a common name is, or is a part of. */
export type Seat = {
  readonly module: string;
  /** Which of its parts, one below the other. */
  readonly part: number;
  readonly of: number;
  readonly cut: Cut | null;
};

/** Null where the layout has no such module. */
export type Layout = (name: string) => Seat | null;

/** CompVis's and Stability AI's, of UNets. */
export const sgm: Layout = reversed(unetRules);
/** Flux's by Black Forest Labs. */
export const blackForest: Layout = reversed(blackForestRules);

const ordered = reversed(diffusersRules);
/** The common names are diffusers', but for what it has in another order. */
export const diffusersLayout: Layout = (name) =>
  ordered(name) ?? { module: name, part: 0, of: 1, cut: null };

/** Where two modules of a layout may be meant the last one is: the upsampler behind attentions. */
function reversed(rules: readonly Rule[]): Layout {
  const all = rules
    .flatMap(({ from, to, cut }) =>
      to.map((one, part) => {
        const seat = { part, of: to.length, cut: cut ?? null };
        return { from, seat, ...compile({ from: one }, false) };
      }),
    )
    .reverse();
  return (name) => {
    for (const { from, seat, pattern, fill } of all) {
      const match = pattern.exec(name);
      if (match) return { module: fill(from, match), ...seat };
    }
    return null;
  };
}

/** Flux's hidden layer is four times as wide as the model. Source: BFL's `flux/util.py`, mlp_ratio. */
const MLP_RATIO = 4;

/**
 * How many rows each part of a fused module has, of which some are known; the others are as wide as these, or as
 * the layout says. Null where the known ones contradict it.
 */
export function sizesIn(
  { of, cut }: Pick<Seat, 'of' | 'cut'>,
  known: ReadonlyMap<number, number>,
  columns: number,
): readonly number[] | null {
  const [first = columns] = known.values();
  const expected = Array.from({ length: of }, (_, part) => {
    if (cut !== 'inner') return first;
    return part < of - 1 ? columns : (known.get(part) ?? MLP_RATIO * columns);
  });
  const fits = [...known].every(([part, rows]) => expected[part] === rows);
  return fits ? expected : null;
}
