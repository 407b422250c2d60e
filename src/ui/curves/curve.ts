/** Where the points of a curve lie in a square of 100 × 100, and what lies between them. */

export type Point = { readonly x: number; readonly y: number | null };
export type Range = readonly [from: number, to: number];

/** 0 … 1 from one end of the range to the other. */
export function along([from, to]: Range, value: number): number {
  return to > from ? (value - from) / (to - from) : 0.5;
}

/** A line through the points, broken where one has no value. */
export function pathOf(points: readonly Point[], across: Range, up: Range): string {
  let isOn = false;
  return points
    .map(({ x, y }) => {
      const command = isOn ? 'L' : 'M';
      isOn = y !== null;
      if (y === null) return '';
      return `${command}${place(along(across, x))} ${place(1 - along(up, y))}`;
    })
    .join('');
}

/** A dot for each point, where a stroke has round ends; what lies beyond the range is put onto its edge. */
export function dotsOf(points: readonly Point[], across: Range, up: Range): string {
  return points
    .map(({ x, y }) => {
      if (y === null) return '';
      const height = Math.min(1, Math.max(0, along(up, y)));
      return `M${place(along(across, x))} ${place(1 - height)}h0`;
    })
    .join('');
}

const place = (share: number) => Number((100 * share).toFixed(2));

/** The value at `x` on a straight line between the two points around it; null beyond them, or where one has none. */
export function between(points: readonly Point[], x: number): number | null {
  const after = points.findIndex((point) => point.x >= x);
  if (after < 0) return null;
  const right = points[after];
  if (right.x === x) return right.y;
  const left = points[after - 1];
  if (left === undefined || left.y === null || right.y === null) return null;
  return left.y + ((right.y - left.y) * (x - left.x)) / (right.x - left.x);
}

/** Round numbers within a range, about `count` of them. */
export function ticksOf([from, to]: Range, count: number): readonly number[] {
  const rough = (to - from) / count;
  if (!(rough > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough - 1e-12)!;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(9)),
  );
}
