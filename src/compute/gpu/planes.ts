import type { Blocks } from '../backend.ts';
import { piecesOf } from './pieces.ts';
import type { Resident, Runner } from './runner.ts';

/** A tensor that stays on the GPU between its measure and its map. */
type Kept = { readonly residents: readonly Resident[]; readonly bytes: number; readers: number };

/**
 * Brings the planes of tensors to the GPU, piece by piece. A tensor of one block that is measured stays
 * until it is mapped, so its weights travel once; a longer one is read again for every pass.
 */
export class Planes {
  readonly #runner: Runner;
  readonly #pieceLimit: number;
  readonly #keepLimit: number;
  readonly #kept = new Map<Blocks, Kept>();

  /** Bytes a piece may take, and bytes all kept tensors may take together. */
  constructor(runner: Runner, pieceLimit: number, keepLimit: number) {
    this.#runner = runner;
    this.#pieceLimit = pieceLimit;
    this.#keepLimit = keepLimit;
  }

  /** Every piece of the tensor in order; each must be given back with `done`. */
  async *read(blocks: Blocks, signal: AbortSignal, keep = false): AsyncGenerator<Resident> {
    const kept = this.#kept.get(blocks);
    if (kept) {
      kept.readers++;
      try {
        yield* kept.residents;
      } finally {
        kept.readers--;
      }
      return;
    }
    for await (const block of blocks.read(signal)) {
      const pieces = piecesOf(block, blocks.dtypes, this.#pieceLimit);
      const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
      const whole = block.count === blocks.elementCount && bytes <= this.#keepLimit;
      const residents: Resident[] = [];
      if (keep && whole) this.#keep(blocks, { residents, bytes, readers: 0 });
      for (const piece of pieces) {
        signal.throwIfAborted();
        const resident = this.#runner.upload(piece, blocks.dtypes);
        if (this.#kept.get(blocks)?.residents === residents) residents.push(resident);
        yield resident;
      }
    }
  }

  /** Gives a piece back: its memory is free, unless its tensor stays. */
  done(blocks: Blocks, resident: Resident): void {
    if (!this.#kept.get(blocks)?.residents.includes(resident)) this.#runner.release(resident);
  }

  /** Lets go of a tensor. */
  drop(blocks: Blocks): void {
    const kept = this.#kept.get(blocks);
    this.#kept.delete(blocks);
    for (const resident of kept?.residents ?? []) this.#runner.release(resident);
  }

  #keep(blocks: Blocks, kept: Kept): void {
    let bytes = kept.bytes;
    for (const other of this.#kept.values()) bytes += other.bytes;
    for (const [other, { readers, bytes: freed }] of this.#kept) {
      if (bytes <= this.#keepLimit) break;
      if (readers > 0) continue;
      bytes -= freed;
      this.drop(other);
    }
    this.#kept.set(blocks, kept);
  }
}
