import { tensorKey } from '../../../numerics/random.ts';

/** Consecutive elements. */
export type Sample = { readonly from: number; readonly count: number };

/** Elements that are looked at together: they cost one read. */
const TOGETHER = 32;

/**
 * Where a tensor of `elements` is looked at: at its first and last elements and, seeded by its name, in between;
 * all of a tiny one. Ascending and apart.
 */
export function placesIn(name: string, elements: number, places: number): readonly Sample[] {
  if (elements <= places * TOGETHER) return elements === 0 ? [] : [{ from: 0, count: elements }];
  const last = elements - TOGETHER;
  const inner = places - 2;
  // One in each of as many equal parts between the first and the last.
  const room = (last - TOGETHER) / Math.max(1, inner);
  let state = tensorKey(name);
  const between = Array.from({ length: inner }, (_, k) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const shift = (state / 2 ** 32) * Math.max(0, room - TOGETHER);
    return Math.floor(TOGETHER + k * room + shift);
  });
  return [0, ...between, last].map((from) => ({ from, count: TOGETHER }));
}
