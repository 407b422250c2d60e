import { bytesPerElement } from '../../numerics/dtype.ts';
import type { Blocks } from '../backend.ts';
import { piecesOf } from './pieces.ts';
import type { Resident, Runner } from './runner.ts';

/** A tensor that stays on the GPU between its measure and its map. */
type Kept = {
  readonly residents: Resident[];
  readonly bytes: number;
  readers: number;
  /** Whether all of it is there, or still on its way. */
  complete: boolean;
};

/**
 * Brings the planes of tensors to the GPU, piece by piece. A tensor that is measured stays until it is
 * mapped, so its weights travel once; one that is too large for that is read again for every pass.
 */
export class Planes {
  readonly #runner: Runner;
  readonly #pieceLimit: number;
  readonly #keepLimit: number;
  readonly #kept = new Map<Blocks, Kept>();
  /** Pieces that something may still run on. */
  readonly #lent = new Map<Blocks, Set<Resident>>();

  /** Bytes a piece may take, and bytes all kept tensors may take together. */
  constructor(runner: Runner, pieceLimit: number, keepLimit: number) {
    this.#runner = runner;
    this.#pieceLimit = pieceLimit;
    this.#keepLimit = keepLimit;
  }

  /** Every piece of the tensor in order; each must be given back with `done`. */
  async *read(blocks: Blocks, signal: AbortSignal, keep = false): AsyncGenerator<Resident> {
    for await (const resident of this.#pieces(blocks, signal, keep)) {
      const lent = this.#lent.get(blocks) ?? new Set();
      this.#lent.set(blocks, lent.add(resident));
      yield resident;
    }
  }

  /** Gives a piece back: its memory is free, unless its tensor stays. */
  done(blocks: Blocks, resident: Resident): void {
    const lent = this.#lent.get(blocks);
    // Dropped before: its memory may be another's by now.
    if (!lent?.delete(resident)) return;
    if (lent.size === 0) this.#lent.delete(blocks);
    if (!this.#kept.get(blocks)?.residents.includes(resident)) this.#runner.release(resident);
  }

  /** Lets go of a tensor, and of pieces that nobody gave back; nothing may run on it any more. */
  drop(blocks: Blocks): void {
    const residents = this.#kept.get(blocks)?.residents ?? [];
    const lent = this.#lent.get(blocks) ?? [];
    this.#kept.delete(blocks);
    this.#lent.delete(blocks);
    for (const resident of new Set([...residents, ...lent])) this.#runner.release(resident);
  }

  async *#pieces(blocks: Blocks, signal: AbortSignal, keep: boolean): AsyncGenerator<Resident> {
    const known = this.#kept.get(blocks);
    const kept = known ?? (keep ? this.#reserve(blocks) : null);
    if (!kept) {
      yield* this.#upload(blocks, signal);
      return;
    }
    kept.readers++;
    try {
      if (kept.complete) {
        yield* kept.residents;
        return;
      }
      for await (const resident of this.#upload(blocks, signal)) {
        // Only the first reader's pieces stay.
        if (kept !== known) kept.residents.push(resident);
        yield resident;
      }
      if (kept !== known) kept.complete = true;
    } finally {
      kept.readers--;
    }
  }

  async *#upload(blocks: Blocks, signal: AbortSignal): AsyncGenerator<Resident> {
    for await (const block of blocks.read(signal)) {
      for (const piece of piecesOf(block, blocks.dtypes, this.#pieceLimit)) {
        signal.throwIfAborted();
        yield this.#runner.upload(piece, blocks.dtypes);
      }
    }
  }

  /** Room for a tensor, at the expense of those that nothing runs on; null when there is too little. */
  #reserve(blocks: Blocks): Kept | null {
    const { elementCount, dtypes } = blocks;
    const bytes = elementCount * dtypes.length * Math.max(...dtypes.map(bytesPerElement));
    const others = [...this.#kept];
    const total = others.reduce((sum, [, kept]) => sum + kept.bytes, bytes);
    let excess = total - this.#keepLimit;
    const idle = others.filter(([other, kept]) => kept.readers === 0 && !this.#lent.has(other));
    if (idle.reduce((sum, [, kept]) => sum + kept.bytes, 0) < excess) return null;
    for (const [other, kept] of idle) {
      if (excess <= 0) break;
      excess -= kept.bytes;
      this.drop(other);
    }
    const kept = { residents: [], bytes, readers: 0, complete: false };
    this.#kept.set(blocks, kept);
    return kept;
  }
}
