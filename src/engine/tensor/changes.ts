import type { Job } from '../../plan/types.ts';
import { type Reader, readSpan } from './blocks.ts';
import { copyPiece } from './memory.ts';

/** Bytes looked at first: most tensors that change do so at once. */
export const firstLook = 64 * 1024;

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
  let differs = original.end - original.begin !== job.byteLength;
  let at = original.begin;
  return {
    async feed(bytes, atHand) {
      if (atHand !== null) {
        differs ||= !equal(atHand, bytes, 0);
        at += bytes.length;
        return;
      }
      for (let seen = 0; seen < bytes.length && !differs; ) {
        const piece = at === original.begin ? firstLook : copyPiece(reader.budget);
        const count = Math.min(piece, bytes.length - seen);
        const before = await readSpan({ ...original, begin: at, end: at + count }, reader, signal);
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
  if (original === null) return null;
  const [part] = parts;
  if (parts.length !== 1 || part.kind !== 'copy') return null;
  const { model, file, begin, end } = part.span;
  const same = model === original.model && file === original.file;
  return same && begin === original.begin && end === original.end ? false : null;
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
