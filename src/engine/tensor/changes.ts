import { bytesPerElement } from '../../numerics/dtype.ts';
import { isComputedPlane } from '../../plan/planes.ts';
import type { Job, PlaneRef, Span } from '../../plan/types.ts';
import type { Reader } from './blocks.ts';
import { copyPiece } from './memory.ts';
import { readPlane, readSpan } from './planes.ts';

/** Bytes looked at first: most tensors that change do so at once. */
export const firstLook = 64 * 1024;
/** Bytes of the widest element: looks end where elements do. */
const widest = 8;

/** Whether the output of a job differs from the tensor it would equal if nothing changed. */
export interface Comparison {
  /**
   * Takes the output's bytes in order, with the same stretch of the original where it is at hand. Else it is
   * read, only until the first difference.
   */
  feed(bytes: Uint8Array<ArrayBuffer>, before: Uint8Array | null): Promise<void>;
  /** null when there is nothing to compare with. */
  result(): boolean | null;
}

export function comparison(
  job: Job,
  reader: Omit<Reader, 'outputBytes'>,
  signal: AbortSignal,
): Comparison {
  const { original } = job;
  const known = foregone(job);
  if (original === null || known !== null) {
    return { feed: async () => {}, result: () => known };
  }
  let differs = byteLengthOf(original) !== job.byteLength;
  let at = 0;
  return {
    async feed(bytes, atHand) {
      if (atHand !== null) {
        differs ||= !equal(atHand, bytes, 0);
        at += bytes.length;
        return;
      }
      for (let seen = 0; seen < bytes.length && !differs; ) {
        const piece = at === 0 ? firstLook : copyPiece(reader.budget);
        const count = Math.min(piece - (piece % widest), bytes.length - seen);
        const before = await readOriginal(original, at, count, reader, signal);
        differs = !equal(before, bytes, seen);
        seen += count;
        at += count;
      }
    },
    result: () => differs,
  };
}

/** Known without reading: nothing to compare with, or a copy of the original itself. */
function foregone({ original, parts }: Job): boolean | null {
  const [part] = parts;
  if (original === null || parts.length !== 1 || part.kind !== 'copy') return null;
  const { span } = part;
  return byteLengthOf(span) === byteLengthOf(original) && startOf(span) === startOf(original)
    ? false
    : null;
}

/** Names the place where values begin, `later` bytes after the first of them: equal places, equal values. */
export function startOf(plane: PlaneRef | Span, later = 0): string {
  if (!isComputedPlane(plane)) return `stored ${plane.file} ${plane.begin + later} ${plane.model}`;
  const [{ file, begin, model }] = plane.inputs;
  const from = plane.from * bytesPerElement(plane.dtype) + later;
  return `computed ${file} ${begin} ${from} ${plane.dtype} ${model}`;
}

function byteLengthOf(plane: PlaneRef | Span): number {
  return isComputedPlane(plane)
    ? (plane.to - plane.from) * bytesPerElement(plane.dtype)
    : plane.end - plane.begin;
}

/** `count` bytes of the original from its byte `at` on; whole elements of those that are computed. */
async function readOriginal(
  original: NonNullable<Job['original']>,
  at: number,
  count: number,
  reader: Omit<Reader, 'outputBytes'>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (isComputedPlane(original)) {
    const size = bytesPerElement(original.dtype);
    return readPlane(original, at / size, count / size, reader, signal);
  }
  const begin = original.begin + at;
  return readSpan({ ...original, begin, end: begin + count }, reader, signal);
}

/** Whether `b` holds the bytes of `a` from byte `from` on. */
export function equal(a: Uint8Array, b: Uint8Array, from: number): boolean {
  const words = isAligned(a, 0) && isAligned(b, from) ? a.length >>> 2 : 0;
  const [x, y] = [wordsOf(a, 0, words), wordsOf(b, from, words)];
  for (let i = 0; i < words; i++) if (x[i] !== y[i]) return false;
  for (let i = 4 * words; i < a.length; i++) if (a[i] !== b[from + i]) return false;
  return true;
}

function isAligned({ byteOffset }: Uint8Array, from: number): boolean {
  return (byteOffset + from) % 4 === 0;
}

function wordsOf({ buffer, byteOffset }: Uint8Array, from: number, words: number): Uint32Array {
  return words === 0 ? new Uint32Array() : new Uint32Array(buffer, byteOffset + from, words);
}
