/** Slices of a recipe, counted and changed. Every function gives new ones. */
import type { Recipe, Slice, SliceSource } from './recipe.ts';

type Slices = readonly Slice[];

export const layersOf = ({ from, to }: Pick<SliceSource, 'from' | 'to'>): number => to - from;

/** How many layers a slice has. */
export const depthOf = ({ sources }: Pick<Slice, 'sources'>): number =>
  sources.length === 0 ? 0 : layersOf(sources[0]);

/** How many layers all of them have together. */
export const layersIn = (slices: Slices): number =>
  slices.reduce((sum, slice) => sum + depthOf(slice), 0);

/** One source, all its own. */
export function sliceOf(id: string, model: string, from: number, to: number): Slice {
  return { id, sources: [{ model, from, to, values: {} }], method: null, values: {}, rules: [] };
}

/** An id that none of them has. */
export function freshSliceId(slices: Slices): string {
  const numbers = slices.map(({ id }) => Number(/\d{1,9}$/.exec(id)?.[0] ?? 0));
  return `slice-${Math.max(0, ...numbers) + 1}`;
}

/** The same slice once more, behind itself. */
export function repeated(slices: Slices, id: string): Slices {
  return slices.flatMap((slice) =>
    slice.id === id ? [slice, { ...slice, id: freshSliceId(slices) }] : [slice],
  );
}

/** A slice in two, the first of `layers` layers; the same slices where there is nothing to split. */
export function split(slices: Slices, id: string, layers: number): Slices {
  return slices.flatMap((slice) => {
    if (slice.id !== id || layers <= 0 || layers >= depthOf(slice)) return [slice];
    const parts = (at: 'head' | 'tail') =>
      slice.sources.map((source) =>
        at === 'head'
          ? { ...source, to: source.from + layers }
          : { ...source, from: source.from + layers },
      );
    return [
      { ...slice, sources: parts('head') },
      { ...slice, id: freshSliceId(slices), sources: parts('tail') },
    ];
  });
}

/** A slice at another place, counted from 0 among the others. */
export function placed(slices: Slices, id: string, at: number): Slices {
  const slice = slices.find((each) => each.id === id);
  if (!slice) return slices;
  const others = slices.filter((each) => each !== slice);
  const to = Math.min(others.length, Math.max(0, at));
  return slices[to] === slice ? slices : [...others.slice(0, to), slice, ...others.slice(to)];
}

/** Without a model: slices of it alone go, and with the last of them all do. */
export function withoutSource(slices: Recipe['slices'], model: string): Recipe['slices'] {
  if (slices === null) return null;
  const left = slices.flatMap((slice) => {
    const sources = slice.sources.filter((source) => source.model !== model);
    const rules = slice.rules.filter((rule) => rule.model !== model);
    return sources.length === 0 ? [] : [{ ...slice, sources, rules }];
  });
  return left.length === 0 ? null : left;
}

/** With another model in the place of one, at the same layers; where it is there already, the one goes. */
export function withOther(
  slices: Recipe['slices'],
  model: string,
  other: string,
): Recipe['slices'] {
  if (slices === null || model === other) return slices;
  const there = slices.filter(({ sources }) => sources.some((each) => each.model === other));
  const changed = slices.map((slice) => {
    if (!slice.sources.some((each) => each.model === model)) return slice;
    const sources = slice.sources.flatMap((source) => {
      if (source.model !== model) return [source];
      return there.includes(slice) ? [] : [{ ...source, model: other }];
    });
    return { ...slice, sources };
  });
  return changed.every((slice, k) => slice === slices[k]) ? slices : changed;
}
