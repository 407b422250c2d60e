import type { Architecture } from './architecture.ts';
import { Batch } from './batch.ts';
import { type Kernels, kernelsOf } from './kernels.ts';
import type { Weights } from './loading.ts';
import type { Processor } from './processor.ts';
import { loadWeights, type WeightRooms } from './weights.ts';

/** A decoder on a processor that is its own: weights in its memory, and batches one after the other. */
export class Decoder {
  readonly architecture: Architecture;
  readonly processor: Processor;
  readonly kernels: Kernels;
  readonly weights: WeightRooms;
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
    this.weights = weights;
  }

  /** Throws `WeightsError`, or the signal’s reason; the processor then holds anything. */
  static async load(
    architecture: Architecture,
    weights: Weights,
    processor: Processor,
    signal?: AbortSignal,
  ): Promise<Decoder> {
    const kernels = await kernelsOf(architecture, processor);
    const rooms = await loadWeights(architecture, weights, processor, signal);
    return new Decoder(architecture, processor, kernels, rooms);
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
