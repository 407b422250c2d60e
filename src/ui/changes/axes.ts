/** Where magnitudes and counts lie in a log-log picture, as shares of its width and height. */
import { type Bar, barsOf, type Magnitudes } from '../../views/magnitudes.ts';

/** Doublings that are shown at the most, from the largest change down. */
const mostDoublings = 30;

export type Axes = {
  /** Of |Δ|; the count's go from a half, so that one element shows. */
  readonly from: number;
  readonly to: number;
  readonly most: number;
  readonly bars: readonly (readonly Bar[])[];
  /** Elements by model that change less than `from`. */
  readonly below: readonly number[];
};

/** @param stretch what the largest change may be multiplied by */
export function axesOf(all: readonly Magnitudes[], stretch = 1): Axes {
  const bars = all.map((each) => barsOf(each));
  const ends = bars.flatMap((of) => (of.length > 0 ? [of[0].from, of[of.length - 1].to] : []));
  const to = ends.length > 0 ? Math.max(...ends) * Math.max(1, stretch) : 1;
  const least = ends.length > 0 ? Math.min(...ends.filter((end) => end > 0)) : 0.5;
  const from = Math.max(least, to * 2 ** -mostDoublings);
  const most = Math.max(1, ...bars.flatMap((of) => of.map(({ count }) => count)));
  const under = (of: readonly Bar[]) =>
    of.reduce((sum, bar) => sum + (bar.from < from ? bar.count : 0), 0);
  return {
    ...{ from, to, most },
    bars: bars.map((of) => of.filter((bar) => bar.from >= from)),
    below: bars.map(under),
  };
}

/** 0 … 1 from left to right. */
export function acrossOf({ from, to }: Axes, magnitude: number): number {
  const at = Math.log2(magnitude / from) / Math.log2(to / from);
  return Math.min(1, Math.max(0, at));
}

export function magnitudeAt({ from, to }: Axes, across: number): number {
  return from * (to / from) ** across;
}

/** 0 … 1 from bottom to top. */
export function upOf({ most }: Axes, count: number): number {
  return count <= 0.5 ? 0 : Math.log(count / 0.5) / Math.log(most / 0.5);
}

/** What draws leave of some changes: a share of each bar, all of it scaled up alike. */
export function drawn(bars: readonly Bar[], { keep, scale }: Draw): readonly Bar[] {
  return bars.map(({ from, to, count }) => ({
    from: from * scale,
    to: to * scale,
    count: count * keep,
  }));
}

/** The share that is kept, and what that is multiplied by. */
export type Draw = { readonly keep: number; readonly scale: number };

/** The outline of some bars in a square of 100 × 100, closed along the bottom. */
export function outline(axes: Axes, bars: readonly Bar[]): string {
  const x = (magnitude: number) => (100 * acrossOf(axes, magnitude)).toFixed(2);
  const y = (count: number) => (100 * (1 - upOf(axes, count))).toFixed(2);
  if (bars.length === 0) return '';
  const steps = bars.map(({ from, to, count }) => `L${x(from)} ${y(count)}L${x(to)} ${y(count)}`);
  return `M${x(bars[0].from)} 100${steps.join('')}L${x(bars[bars.length - 1].to)} 100Z`;
}

/** Powers of ten between two numbers, at most about `count` of them. */
export function decades(from: number, to: number, count: number): readonly number[] {
  const first = Math.ceil(Math.log10(from) - 1e-9);
  const last = Math.floor(Math.log10(to) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / count));
  const all: number[] = [];
  for (let power = last; power >= first; power -= step) all.unshift(power);
  return all;
}
