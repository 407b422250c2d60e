import type { Job, Part, Span } from '../../plan/types.ts';
import type { Reader } from './blocks.ts';
import { equal, firstLook } from './changes.ts';
import { copyPiece } from './memory.ts';
import { readSpan } from './planes.ts';

/**
 * The parts a tensor is made of. A head that equals its embedding in every model, byte for byte, is made
 * like the embedding, whatever rules say of the head alone: equal before, equal after.
 */
export async function partsOf(
  { parts, twin }: Job,
  reader: Omit<Reader, 'outputBytes'>,
  signal: AbortSignal,
): Promise<readonly Part[]> {
  if (!twin?.likewise) return parts;
  for (const pair of twin.likewise.pairs) {
    if (!(await isSame(pair, reader, signal))) return parts;
  }
  return twin.likewise.parts;
}

/** Reads both only until they differ. */
async function isSame(
  [one, other]: readonly [Span, Span],
  reader: Omit<Reader, 'outputBytes'>,
  signal: AbortSignal,
): Promise<boolean> {
  const length = one.end - one.begin;
  if (other.end - other.begin !== length) return false;
  const part = (span: Span, from: number, to: number) =>
    readSpan({ ...span, begin: span.begin + from, end: span.begin + to }, reader, signal);
  let seen = 0;
  while (seen < length) {
    const to = Math.min(length, seen + (seen === 0 ? firstLook : copyPiece(reader.budget)));
    const [a, b] = await Promise.all([part(one, seen, to), part(other, seen, to)]);
    if (!equal(a, b, 0)) return false;
    seen = to;
  }
  return true;
}
