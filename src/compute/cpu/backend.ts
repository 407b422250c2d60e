import type { Measure, TensorMeasure } from '../../methods/method.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import {
  type Backend,
  type Blocks,
  type Kernel,
  type Mapped,
  type MeasureContext,
  NonFiniteError,
  type Work,
} from '../backend.ts';
import { guided } from '../guided.ts';
import { constantsOf, MIXED, mapOf, tableOf } from '../shaders/constants.ts';
import { Arena, GIVEN, JOB, type Main, OUT, OUT_BYTES, type Placed, TALLY } from './arena.ts';
import { definitionBackend } from './definition.ts';
import { mapRun } from './kernel.ts';
import { measuredAlike } from './measured-alike.ts';
import { Measuring } from './measuring.ts';
import { hasSimd, type Programs, programs, type Variant } from './programs.ts';
import { alignedBlocks, partOf } from './runs.ts';

/** Tensors that lie in memory between measure and map, one for each job that a run has under way. */
const MOST_HELD = 2;

/**
 * The backend that needs no GPU: the same shaders, compiled to WebAssembly SIMD, on one core. The same bytes
 * as the definition, which takes over where a value is not finite, and where the engine has no SIMD. `label`
 * names it for people.
 */
export function cpuBackend(from: Programs = programs, label = 'CPU'): Backend {
  return hasSimd() ? new CompiledBackend(from, label) : definitionBackend(label);
}

class CompiledBackend implements Backend {
  readonly kind = 'cpu';
  readonly label: string;
  readonly #definition = definitionBackend();
  readonly #programs: Programs;
  /** Nobody works in these; some still hold a tensor that was measured. */
  #idle: Arena[] = [];

  constructor(programs: Programs, label: string) {
    this.label = label;
    this.#programs = programs;
  }

  measure(
    blocks: Blocks,
    measures: readonly Measure[],
    context: MeasureContext,
    signal: AbortSignal,
  ): Promise<readonly (readonly number[])[]> {
    return measuredAlike([blocks, measures, context, signal], (rest) =>
      this.#measure(blocks, rest, context, signal),
    );
  }

  async #measure(
    of: Blocks,
    measures: readonly TensorMeasure[],
    context: MeasureContext,
    signal: AbortSignal,
  ): Promise<readonly (readonly number[])[]> {
    const blocks = guided(of, { guides: context.deriving?.guides ?? null, work: context.work });
    const arena = this.#borrow(blocks);
    try {
      const main = (variant: Omit<Variant, 'table'>) => this.#main(arena, blocks, variant, context);
      const measuring = new Measuring(blocks, measures, context.deriving, arena, main);
      const aligned = alignedBlocks(blocks);
      while (measuring.begin()) {
        for await (const placed of arena.read(blocks, aligned, signal)) {
          arena.describe(placed, blocks.dtypes, context.at);
          await measuring.see(placed);
        }
        measuring.finishPass();
      }
      return measuring.answers();
    } catch (error) {
      if (!(error instanceof NonFiniteError)) throw error;
      return await this.#definition.measure(held(arena, of), measures, context, signal);
    } finally {
      // Nobody asks for these planes again: a map has guides of its own.
      if (blocks !== of) arena.resident = null;
      this.#idle.unshift(arena);
    }
  }

  async *map(of: Blocks, kernel: Kernel, signal: AbortSignal): AsyncGenerator<Mapped> {
    const blocks = guided(of, kernel);
    const variant = mapOf(kernel);
    const coefficients = new Uint32Array(Float32Array.from(kernel.coefficients).buffer);
    const arena = this.#borrow(blocks);
    try {
      const main = await this.#main(arena, blocks, variant, kernel);
      for await (const placed of arena.read(blocks, blocks, signal)) {
        arena.describe(placed, blocks.dtypes, kernel.at);
        arena.words.set(coefficients, GIVEN / 4);
        yield mapBlock(main, arena, placed, blocks, kernel);
      }
    } finally {
      arena.resident = null;
      this.#idle.unshift(arena);
    }
  }

  dispose(): void {
    this.#idle = [];
  }

  /** The arena that holds the tensor, else one that holds none, else the one idle for longest, else a new one. */
  #borrow(blocks: Blocks): Arena {
    const arena =
      this.#idle.find(({ resident }) => resident?.blocks === blocks) ??
      this.#idle.find(({ resident }) => resident === null) ??
      (this.#idle.length < MOST_HELD ? new Arena() : this.#idle[this.#idle.length - 1]);
    this.#idle = this.#idle.filter((one) => one !== arena);
    return arena;
  }

  async #main(
    arena: Arena,
    blocks: Blocks,
    variant: Omit<Variant, 'table'>,
    { work, at }: { readonly work: Work; readonly at: Kernel['at'] },
  ): Promise<Main> {
    const constants = { ...constantsOf(blocks, work), ...variant.constants };
    const table = constants['DTYPE'] === MIXED ? { table: tableOf(blocks.dtypes, at) } : {};
    return arena.main(await this.#programs.get({ ...variant, constants, ...table }));
  }
}

/** Merges a block by stretches of a size that stays in the processor's cache. */
function mapBlock(
  main: Main,
  arena: Arena,
  placed: Placed,
  blocks: Blocks,
  kernel: Kernel,
): Mapped {
  const { block, address, head, octs } = placed;
  const { bytes: memory, words } = arena;
  const size = bytesPerElement(kernel.output);
  const bytes = new Uint8Array(block.count * size);
  const most = OUT_BYTES / 8 / size;
  let saturated = 0;
  let nonFinite = 0;
  for (let begin = 0; begin < octs; begin += most) {
    const end = Math.min(octs, begin + most);
    words.fill(0, TALLY / 4, TALLY / 4 + 2);
    // The shader counts octs from the beginning of the block.
    main(JOB, address, GIVEN, OUT - begin * 8 * size, TALLY, begin, end, 0);
    const from = Math.max(0, begin * 8 - head);
    const count = Math.min(block.count, end * 8 - head) - from;
    if (words[TALLY / 4] === 0) {
      const at = OUT + (from + head - begin * 8) * size;
      bytes.set(memory.subarray(at, at + count * size), from * size);
      saturated += words[TALLY / 4 + 1];
      continue;
    }
    const { dtypes, hasBase, guides, readAs } = blocks;
    const run = partOf({ ...block, dtypes, hasBase, guides, readAs }, from, count);
    const mapped = mapRun({ run, kernel });
    bytes.set(mapped.bytes, from * size);
    saturated += mapped.saturated;
    nonFinite += mapped.nonFinite;
  }
  return { bytes, saturated, nonFinite };
}

/** The same tensor, not read again if it lies in the arena. */
function held({ resident }: Arena, blocks: Blocks): Blocks {
  if (resident?.blocks !== blocks) return blocks;
  return {
    ...blocks,
    async *read() {
      yield resident.placed.block;
    },
  };
}
