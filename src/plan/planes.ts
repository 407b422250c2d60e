import type { ComputedPlane, Part, PlaneRef, Span } from './types.ts';

/** Whether the values of a plane are computed, or lie in a file as they are. */
export function isComputedPlane(plane: PlaneRef | Span): plane is ComputedPlane {
  return 'formula' in plane;
}

/** The planes of a part: models in recipe order, then the base, then what is taken from their merge. */
export function planesOf(part: Part): readonly PlaneRef[] {
  if (part.kind === 'copy' || part.kind === 'number') return [];
  if (part.kind === 'cast') return [part.plane];
  if (part.kind === 'factor') {
    const planes = planesOf(part.merge);
    return part.minus === null ? planes : [...planes, part.minus];
  }
  return part.base === null ? part.planes : [...part.planes, part.base];
}

/** The byte ranges that hold all that a plane is made of. */
export function spansOfPlane(plane: PlaneRef): readonly Span[] {
  if (isComputedPlane(plane)) return plane.inputs;
  const { model, file, begin, end, pieces } = plane;
  if (pieces === undefined) return [{ model, file, begin, end }];
  const ranges: Span[] = [];
  let before = 0;
  for (const piece of pieces) {
    const length = piece.end - piece.begin;
    const from = Math.max(begin - before, 0);
    const to = Math.min(end - before, length);
    if (from < to) ranges.push({ ...piece, begin: piece.begin + from, end: piece.begin + to });
    before += length;
  }
  return ranges;
}

/** Bytes that one pass over a plane reads from files, rounded up. */
export function storedBytes(plane: PlaneRef): number {
  return storedBytesOf([plane]);
}

/** Bytes that one pass over several reads: what two of them are made of is read once. */
export function storedBytesOf(planes: readonly PlaneRef[]): number {
  const once = new Map<string, number>();
  for (const plane of planes) {
    const part = isComputedPlane(plane) ? (plane.to - plane.from) / elementsOf(plane) : 1;
    for (const { model, file, begin, end } of spansOfPlane(plane)) {
      const place = `${model} ${file} ${begin}`;
      once.set(place, Math.max(once.get(place) ?? 0, part * (end - begin)));
    }
  }
  return Math.ceil([...once.values()].reduce((sum, bytes) => sum + bytes, 0));
}

/** Text that equal formulas have alike. */
export function formulaKey(formula: ComputedPlane['formula']): string {
  return JSON.stringify(formula.kind === 'rows' ? { ...formula, map: formula.map.key } : formula);
}

function elementsOf({ formula }: ComputedPlane): number {
  return formula.sizes.reduce((product, size) => product * size, 1);
}
