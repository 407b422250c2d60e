import type { ComputedPlane, Part, PlaneRef, Span } from './types.ts';

/** Whether the values of a plane are computed, or lie in a file as they are. */
export function isComputedPlane(plane: PlaneRef | Span): plane is ComputedPlane {
  return 'formula' in plane;
}

/** The planes of a part: models in recipe order, then the base. */
export function planesOf(part: Part): readonly PlaneRef[] {
  if (part.kind === 'copy') return [];
  if (part.kind === 'cast') return [part.plane];
  if (part.kind === 'factor') return planesOf(part.merge);
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
  const bytes = spansOfPlane(plane).reduce((sum, { begin, end }) => sum + end - begin, 0);
  if (!isComputedPlane(plane)) return bytes;
  const elements = plane.formula.sizes.reduce((product, size) => product * size, 1);
  return Math.ceil((bytes * (plane.to - plane.from)) / elements);
}
