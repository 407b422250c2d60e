import { tensorKey } from '../../../numerics/random.ts';

/** Consecutive elements. */
export type Sample = { readonly from: number; readonly count: number };

/** So many places, at each of which so many neighbours are looked at: these cost one read. */
export type Places = { readonly places: number; readonly together: number };

/**
 * Where a tensor of `elements` is looked at: at its first and last elements and, seeded by its name, in between;
 * all of a tiny one. Ascending and apart; nowhere where there are no places.
 */
export function placesIn(
  name: string,
  elements: number,
  { places, together }: Places,
): readonly Sample[] {
  if (elements === 0 || places === 0) return [];
  if (elements <= places * together) return [{ from: 0, count: elements }];
  const last = elements - together;
  const inner = places - 2;
  // One in each of as many equal parts between the first and the last.
  const room = (last - together) / Math.max(1, inner);
  let state = tensorKey(name);
  const between = Array.from({ length: inner }, (_, k) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const shift = (state / 2 ** 32) * Math.max(0, room - together);
    return Math.floor(together + k * room + shift);
  });
  return [0, ...between, last].map((from) => ({ from, count: together }));
}
