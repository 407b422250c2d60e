import { createXXHash64, type IHasher } from 'hash-wasm';
import { newTally, produce, type Shop, type Tally } from './job.ts';
import type { Stretch } from './stretch.ts';

/** A run of output bytes that is ready to be written. */
export type Piece = {
  /** Where it goes in its file. */
  readonly at: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** XXH64 of the bytes, to know them again when they are read back. */
  readonly checksum: string;
};

/** Takes a piece; resolves when the next one may come. */
export type Take = (piece: Piece) => Promise<void>;

/**
 * Makes the tensors of a stretch and hands their bytes on, in order: many in one piece, a single one in the
 * pieces it comes in. What became of each is the answer.
 */
export async function makeStretch(
  stretch: Stretch,
  shop: Shop,
  take: Take,
): Promise<readonly Tally[]> {
  const { jobs, begin, byteLength } = stretch;
  const whole = jobs.length > 1 ? new Uint8Array(byteLength) : null;
  const tallies: Tally[] = [];
  let at = 0;
  for (const job of jobs) {
    const tally = newTally(job);
    for await (const bytes of produce(job, tally, shop)) {
      const { length } = bytes; // whoever takes the bytes may hand them on to another thread
      if (whole) whole.set(bytes, at);
      else await take({ at: begin + at, bytes, checksum: await checksumOf(bytes) });
      at += length;
    }
    tallies.push(tally);
  }
  if (at !== byteLength) throw new Error(`${at} bytes were made of ${byteLength}`);
  if (whole && at > 0) await take({ at: begin, bytes: whole, checksum: await checksumOf(whole) });
  return tallies;
}

let hasher: Promise<IHasher> | null = null;

/** XXH64 as hexadecimal text. */
export async function checksumOf(bytes: Uint8Array): Promise<string> {
  hasher ??= createXXHash64();
  return (await hasher).init().update(bytes).digest('hex');
}
