import type { Architecture } from './architecture.ts';
import { Batch } from './batch.ts';
import { type Kernels, kernelsOf } from './kernels.ts';
import type { Processor } from './processor.ts';
import { loadWeights, type WeightRooms, type Weights } from './weights.ts';

/** A decoder on a processor that is its own: weights in its memory, and batches one after the other. */
export class Decoder {
  readonly architecture: Architecture;
  readonly processor: Processor;
  readonly kernels: Kernels;
  #weights: WeightRooms;
  #busy = false;

  private constructor(
    architecture: Architecture,
    processor: Processor,
    kernels: Kernels,
    weights: WeightRooms,
  ) {
    this.architecture = architecture;
    this.processor = processor;
    this.kernels = kernels;
    this.#weights = weights;
  }

  /** Throws `WeightsError`, or the signal’s reason; the processor then holds anything. */
  static async load(
    architecture: Architecture,
    weights: Weights,
    processor: Processor,
    signal?: AbortSignal,
  ): Promise<Decoder> {
    const kernels = await kernelsOf(architecture, processor);
    const options = signal ? { signal } : {};
    const rooms = await loadWeights(architecture, weights, processor, options);
    return new Decoder(architecture, processor, kernels, rooms);
  }

  get weights(): WeightRooms {
    return this.#weights;
  }

  /** Puts other weights of the same shapes in the place of these: the next candidate of a search. */
  async reload(weights: Weights, signal?: AbortSignal): Promise<void> {
    const options = { into: this.#weights, ...(signal ? { signal } : {}) };
    this.#weights = await loadWeights(this.architecture, weights, this.processor, options);
  }

  /**
   * Runs `work` with a batch of sequences that may grow to so many tokens each, `most` of them at a time. Its memory is
   * given back afterwards.
   */
  async batch<T>(
    lengths: readonly number[],
    most: number,
    work: (batch: Batch) => Promise<T>,
  ): Promise<T> {
    if (this.#busy) throw new Error('A decoder runs one batch at a time');
    this.#busy = true;
    const { last } = this.processor;
    try {
      return await work(new Batch(this, lengths, most));
    } finally {
      this.processor.giveBackAfter(last);
      this.#busy = false;
    }
  }

  dispose(): void {
    this.processor.dispose();
  }
}
