import type { Measure } from '../../methods/method.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import type { Backend, Blocks, Kernel, Mapped, Work } from '../backend.ts';
import { inOrder } from '../in-order.ts';
import { gatherFor } from './gather.ts';
import { perform } from './kernel.ts';
import { Pool, type WorkerLike } from './pool.ts';
import { alignedRuns, copyOf, partsOf } from './runs.ts';
import { sampleFor } from './sample.ts';
import { CHUNK, type ResultOf, type Run, type Task } from './task.ts';

export type CpuOptions = {
  /** Kernel workers; 0 computes inline. One less than the machine has cores when left out. */
  readonly workers?: number;
  /** Starts a kernel worker; for tests. */
  readonly spawn?: () => WorkerLike;
};

/** Smallest task that a tensor is cut into, about 3 ms of work. */
const SHORTEST_TASK = 4 * CHUNK;
/** Largest task: long enough that its histogram and its messages cost little, under 30 ms of work. */
const LONGEST_TASK = 1 << 19;

/**
 * The backend that needs no GPU, and the definition of all numbers: f32 step by step as the methods
 * state it, sums of task vectors in f64. The result does not depend on the number of workers nor on how
 * the tensor is cut into blocks. Non-finite values follow the IEEE rules.
 */
export function cpuBackend(options: CpuOptions = {}): Backend {
  const workers = options.workers ?? defaultWorkers();
  return new CpuBackend(workers, options.spawn ?? spawnKernelWorker);
}

function defaultWorkers(): number {
  return Math.max(1, (globalThis.navigator?.hardwareConcurrency ?? 2) - 1);
}

function spawnKernelWorker(): WorkerLike {
  return new Worker(new URL('./kernel.worker.ts', import.meta.url), { type: 'module' });
}

class CpuBackend implements Backend {
  readonly kind = 'cpu';
  readonly label: string;
  readonly #pool: Pool | null;

  constructor(workers: number, spawn: () => WorkerLike) {
    this.label = workers === 0 ? 'CPU' : `CPU (${workers} worker${workers === 1 ? '' : 's'})`;
    this.#pool = workers === 0 ? null : new Pool(workers, spawn);
  }

  async measure(
    blocks: Blocks,
    measures: readonly Measure[],
    { work, at }: { readonly work: Work; readonly at: Kernel['at'] },
    signal: AbortSignal,
  ): Promise<readonly (readonly number[])[]> {
    const { elementCount } = blocks;
    const sample = await sampleFor(blocks, measures, work, signal);
    const gathers = measures.map((measure) => gatherFor(measure, elementCount, sample));
    const length = this.#taskLength(elementCount);
    for (;;) {
      const open = gathers.filter((gather) => gather.wanted());
      if (open.length === 0) return gathers.map((gather) => gather.answer());
      const start = async (run: Run) => {
        const needy = open.filter((gather) => gather.needs(run));
        if (needy.length === 0) return [];
        const wanted = needy.map((gather) => gather.wanted()!);
        const collected = await this.#do({ kind: 'measure', run, wanted, work, at }, signal);
        return needy.map((gather, i) => [gather, collected[i]] as const);
      };
      const runs = alignedRuns(blocks, length, signal);
      for await (const [run, results] of inOrder(runs, start, this.#window)) {
        for (const [gather, collected] of results) gather.add(collected, run.start);
        if (open.every((gather) => !gather.wanted())) break;
      }
      for (const gather of open) gather.finishPass();
    }
  }

  async *map(blocks: Blocks, kernel: Kernel, signal: AbortSignal): AsyncGenerator<Mapped> {
    const { dtypes, hasBase } = blocks;
    const size = bytesPerElement(kernel.output);
    const length = this.#taskLength(blocks.elementCount);
    const start = (run: Run) => this.#do({ kind: 'map', run, kernel }, signal);
    for await (const block of blocks.read(signal)) {
      const runs = partsOf({ ...block, dtypes, hasBase }, length);
      const bytes = new Uint8Array(block.count * size);
      let saturated = 0;
      let nonFinite = 0;
      for await (const [run, mapped] of inOrder(runs, start, this.#window)) {
        bytes.set(mapped.bytes, (run.start - block.start) * size);
        saturated += mapped.saturated;
        nonFinite += mapped.nonFinite;
      }
      yield { bytes, saturated, nonFinite };
    }
  }

  dispose(): void {
    this.#pool?.dispose();
  }

  async #do<T extends Task>(task: T, signal: AbortSignal): Promise<ResultOf<T>> {
    signal.throwIfAborted();
    // A chunk takes less than a millisecond, not much more than sending it elsewhere.
    if (!this.#pool || task.run.count <= CHUNK) return perform(task);
    const run = copyOf(task.run);
    const buffers = run.planes.map((plane) => plane.buffer);
    return this.#pool.run<T>({ ...task, run }, buffers, signal);
  }

  /** Tasks begun before the first is done: two for each worker. */
  get #window(): number {
    return 2 * (this.#pool?.size ?? 0) + 1;
  }

  /** Whole chunks, so many that every worker has something to do. */
  #taskLength(elementCount: number): number {
    const share = Math.ceil(elementCount / (2 * (this.#pool?.size ?? 1)) / CHUNK) * CHUNK;
    return Math.min(LONGEST_TASK, Math.max(SHORTEST_TASK, share));
  }
}
