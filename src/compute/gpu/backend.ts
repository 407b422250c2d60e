import type { Measure, TensorMeasure } from '../../methods/method.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import type { Backend, Blocks, Kernel, Mapped, MeasureContext } from '../backend.ts';
import { measuredAlike } from '../cpu/measured-alike.ts';
import { guided } from '../guided.ts';
import { constantsOf, derivedOf, mapOf } from '../shaders/constants.ts';
import { Search } from '../shaders/search.ts';
import { MAP_THREADS } from '../shaders/structs.ts';
import { byProgram, isRank, isSum } from '../shaders/sums.ts';
import { inOrder } from './in-order.ts';
import { Planes } from './planes.ts';
import {
  askSample,
  askSlab,
  askSteps,
  askSums,
  type Question,
  type Searching,
} from './questions.ts';
import { type Output, type Resident, Runner } from './runner.ts';

export type GpuOptions = {
  /** Bytes of GPU memory above which unused buffers are let go; half of it may hold kept tensors. */
  readonly budget?: number;
  /** Largest piece of a tensor, in bytes; the device's limits when left out. For tests. */
  readonly pieceLimit?: number;
  /** Whether loops over models are unrolled; yes when left out. Tests compile much, and compute little. */
  readonly unroll?: boolean;
  /** Workgroups side by side in a grid; WebGPU's limit when left out. For tests. */
  readonly gridWidth?: number;
  /** Elements a selection looks at before its first pass. */
  readonly sampleSize?: number;
};

const DEFAULT_BUDGET = 1 << 30;
/** Pieces between upload and readback: one computes while the other travels. */
const WINDOW = 2;

/**
 * The backend on a GPU: decode, formula and encode in one pass of a shader, measures on the GPU too.
 * f32 step by step like the CPU backend; what is below 2⁻¹²⁶ may count as zero, and a division may be
 * off by 2.5 units in the last place. Rejects with `NonFiniteError` and `DeviceLostError`, see `Backend`.
 */
export function gpuBackend(device: GPUDevice, label: string, options: GpuOptions = {}): GpuBackend {
  return new GpuBackend(device, label, options);
}

export class GpuBackend implements Backend {
  readonly kind = 'webgpu';
  readonly label: string;
  readonly #runner: Runner;
  readonly #planes: Planes;
  readonly #sampleSize: number | null;
  readonly #unroll: boolean;

  constructor(device: GPUDevice, label: string, options: GpuOptions) {
    const budget = options.budget ?? DEFAULT_BUDGET;
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
    const largest = Math.min(maxStorageBufferBindingSize, maxBufferSize, budget / 4);
    this.label = `WebGPU (${label})`;
    this.#runner = new Runner(device, budget, options.gridWidth);
    this.#planes = new Planes(
      this.#runner,
      Math.min(options.pieceLimit ?? largest, largest),
      budget / 2,
    );
    this.#unroll = options.unroll ?? true;
    this.#sampleSize = options.sampleSize ?? null;
  }

  /** Bytes of GPU memory in use. */
  get bytes(): number {
    return this.#runner.bytes;
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
    const { elementCount } = blocks;
    const sampled = this.#sampleSize ?? sampleSizeFor(elementCount);
    const sums = measures.filter(isSum);
    const totals = sums.map(() => 0);
    const searches = measures.flatMap((measure) =>
      isRank(measure)
        ? [{ measure, search: new Search(measure.count, elementCount, sampled) }]
        : [],
    );
    let questions = askSums(sums, totals);
    for (;;) {
      questions = [...questions, ...questionsOf(searches)];
      if (questions.length === 0) break;
      await this.#pass(blocks, questions, context, signal);
      for (const { search } of searches) search.finishPass();
      questions = [];
    }
    // Nobody asks for these planes again: a map has guides of its own.
    if (blocks !== of) this.#planes.drop(blocks);
    const found = searches.map(({ search }) => [search.cut.magnitude, search.cut.lastIndex]);
    return measures.map((measure) => (isRank(measure) ? found.shift()! : [totals.shift()!]));
  }

  async *map(of: Blocks, kernel: Kernel, signal: AbortSignal): AsyncGenerator<Mapped> {
    const blocks = guided(of, kernel);
    const map = mapOf(kernel);
    const size = bytesPerElement(kernel.output);
    const parameters = Float32Array.from([...kernel.coefficients, 0]);
    const constants = { ...constantsOf(blocks, kernel.work), ...map.constants };
    const program = { ...map, unroll: this.#unroll, constants };
    const start = ({ piece }: Resident) => ({
      program,
      parameters,
      at: kernel.at,
      outputBytes: piece.octs * 8 * size,
      tallyBytes: 8,
      workgroups: Math.ceil(piece.octs / MAP_THREADS),
    });
    const run = (resident: Resident) => this.#runThen(blocks, resident, [start(resident)]);
    let whole: Uint8Array<ArrayBuffer> | null = null;
    let saturated = 0;
    try {
      const pieces = this.#planes.read(blocks, signal);
      for await (const [{ piece }, [{ output, tally }]] of inOrder(pieces, run, WINDOW)) {
        signal.throwIfAborted();
        const { block, from, count, head } = piece;
        const part = new Uint8Array(output, head * size, count * size);
        saturated += tally[1];
        if (count < block.count) {
          whole ??= new Uint8Array(block.count * size);
          whole.set(part, from * size);
        }
        if (from + count < block.count) continue;
        yield { bytes: whole ?? part, saturated, nonFinite: 0 };
        whole = null;
        saturated = 0;
      }
    } finally {
      await this.#runner.idle();
      this.#planes.drop(blocks);
      if (blocks !== of) this.#planes.drop(of);
    }
  }

  dispose(): void {
    this.#runner.destroy();
  }

  /** Puts all questions to every piece of the tensor. */
  async #pass(
    blocks: Blocks,
    questions: readonly Question[],
    context: MeasureContext,
    signal: AbortSignal,
  ): Promise<void> {
    const shared = constantsOf(blocks, context.work);
    const coefficients = Float32Array.from(context.deriving?.coefficients ?? []);
    const ask = async (resident: Resident) => {
      const asked = questions.flatMap((question) => {
        const one = question.ask(resident.piece);
        return one ? [{ question, one }] : [];
      });
      const dispatches = asked.map(({ one: { shader, of, constants, ...rest } }) => {
        const { constants: derived, ...formula } = derivedOf(of, context.deriving);
        const all = { ...shared, ...constants, ...derived };
        return {
          ...rest,
          program: { shader, ...formula, constants: all, unroll: this.#unroll },
          coefficients,
          at: context.at,
        };
      });
      const outputs = await this.#runThen(blocks, resident, dispatches);
      return asked.map(({ question }, i) => ({ question, output: outputs[i] }));
    };
    try {
      const pieces = this.#planes.read(blocks, signal, true);
      for await (const [{ piece }, answers] of inOrder(pieces, ask, WINDOW)) {
        signal.throwIfAborted();
        for (const { question, output } of answers) question.hear(piece, output);
      }
    } catch (error) {
      await this.#runner.idle();
      this.#planes.drop(blocks);
      throw error;
    }
  }

  async #runThen(
    blocks: Blocks,
    resident: Resident,
    dispatches: readonly Parameters<Runner['run']>[2][],
  ): Promise<Output[]> {
    try {
      return await Promise.all(
        dispatches.map((dispatch) => this.#runner.run(resident, blocks.dtypes, dispatch)),
      );
    } finally {
      this.#planes.done(blocks, resident);
    }
  }
}

/** Large enough for a bracket of a few percent, small beside the tensor: between 2¹⁰ and 2¹⁶. */
function sampleSizeFor(elementCount: number): number {
  return Math.min(2 ** 16, Math.max(2 ** 10, elementCount / 256));
}

function questionsOf(searches: readonly Searching[]): Question[] {
  const of = (kind: 'sample' | 'step') => {
    const chosen = searches.filter(({ search }) => search.pass?.kind === kind);
    return byProgram(chosen, ({ measure }) => measure);
  };
  return [
    ...searches.flatMap((each) =>
      each.search.pass?.kind === 'locate' ? [askSlab(each, each.search.pass.start)] : [],
    ),
    ...of('sample').map(askSample),
    ...of('step').map(askSteps),
  ];
}
