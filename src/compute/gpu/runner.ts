import type { FloatDtype } from '../../numerics/dtype.ts';
import { DeviceLostError, type Kernel, NonFiniteError } from '../backend.ts';
import { tableOf } from '../shaders/constants.ts';
import { pack } from '../shaders/structs.ts';
import { BufferPool } from './buffers.ts';
import { type Piece, upload } from './pieces.ts';
import { Pipelines, type Program } from './pipelines.ts';

/** A piece whose planes lie on the GPU. */
export type Resident = {
  readonly piece: Piece;
  readonly buffer: GPUBuffer;
  /** Rejects when the GPU refused the upload. */
  readonly sent: Promise<void>;
};

export type Dispatch = {
  readonly program: Program;
  /** Binding 2: coefficients, or the structs of a measure. */
  readonly parameters: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
  /** Binding 5: what derived numbers are told; left out where none are measured. */
  readonly coefficients?: Float32Array<ArrayBuffer>;
  readonly at: Kernel['at'];
  /** Bytes of bindings 3 and 4; both are read back. */
  readonly outputBytes: number;
  readonly tallyBytes: number;
  readonly workgroups: number;
  /** How often it is all done, for as many parameters: the grid's third dimension. */
  readonly layers?: number;
};

export type Output = {
  /** A copy of binding 3. */
  readonly output: ArrayBuffer;
  /** A copy of binding 4. */
  readonly tally: Uint32Array<ArrayBuffer>;
};

const NONE = new Float32Array(0);

/** WebGPU's limit for each dimension of a grid. */
const WIDEST_GRID = 65535;

/** Runs programs on pieces: buffers in, bytes out, failures as errors that say what to do. */
export class Runner {
  readonly device: GPUDevice;
  readonly #pool: BufferPool;
  readonly #pipelines: Pipelines;
  readonly #running = new Set<Promise<unknown>>();
  readonly #gridWidth: number;
  #lost: string | null = null;

  constructor(device: GPUDevice, budget: number, gridWidth = WIDEST_GRID) {
    this.#gridWidth = gridWidth;
    this.device = device;
    this.#pool = new BufferPool(device, budget);
    this.#pipelines = Pipelines.of(device);
    void device.lost.then(({ message }) => {
      this.#lost = message || 'no reason given';
    });
  }

  /** Bytes of all buffers. */
  get bytes(): number {
    return this.#pool.bytes;
  }

  /** Waits for nothing: what the GPU had against it is told by the first `run` on the piece. */
  upload(piece: Piece, dtypes: readonly FloatDtype[]): Resident {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const [buffer, faults] = this.#watched(() => {
      const made = this.#pool.take(piece.byteLength, usage);
      upload(this.device.queue, made, piece, dtypes);
      return made;
    });
    // Nobody may run anything on it, if an earlier piece fails.
    faults.catch(() => {});
    // The weights are on the GPU, where a tensor may stay for long: it keeps nothing here.
    const block = { ...piece.block, planes: [] };
    return { piece: { ...piece, block }, buffer, sent: faults };
  }

  release({ buffer }: Resident): void {
    this.#pool.give(buffer);
  }

  /**
   * Runs one program on one piece and reads both results back. Rejects with `NonFiniteError` when a
   * plane or a step held NaN or infinity and with `DeviceLostError` when the GPU or its memory is gone.
   */
  run(resident: Resident, dtypes: readonly FloatDtype[], dispatch: Dispatch): Promise<Output> {
    const running = this.#explained(this.#run(resident, dtypes, dispatch));
    this.#running.add(running);
    const forget = () => this.#running.delete(running);
    running.then(forget, forget);
    return running;
  }

  /** Resolves when nothing is under way; never rejects. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  destroy(): void {
    this.#pool.destroy();
  }

  async #run(
    resident: Resident,
    dtypes: readonly FloatDtype[],
    dispatch: Dispatch,
  ): Promise<Output> {
    const { program, outputBytes, tallyBytes } = dispatch;
    const pipeline = await this.#pipelines.get(program);
    const [readback, faults] = this.#watched(() =>
      this.#submit(pipeline, resident, dtypes, dispatch),
    );
    try {
      const mapped = readback.mapAsync(GPUMapMode.READ, 0, outputBytes + tallyBytes);
      await Promise.all([resident.sent, faults, mapped]);
      const bytes = readback.getMappedRange(0, outputBytes + tallyBytes);
      const output = bytes.slice(0, outputBytes);
      const tally = new Uint32Array(bytes.slice(outputBytes));
      readback.unmap();
      if (tally[0] !== 0) throw new NonFiniteError('A plane or a step holds NaN or infinity');
      return { output, tally };
    } finally {
      this.#pool.give(readback);
    }
  }

  /** Records and submits; the buffers it took are free again at once, since the queue keeps order. */
  #submit(
    pipeline: GPUComputePipeline,
    { piece, buffer: planes }: Resident,
    dtypes: readonly FloatDtype[],
    dispatch: Dispatch,
  ): GPUBuffer {
    const { parameters, coefficients = NONE, at, outputBytes, tallyBytes, workgroups } = dispatch;
    const { layers = 1 } = dispatch;
    const { queue } = this.device;
    const { UNIFORM, STORAGE, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
    const job = this.#pool.take(32, UNIFORM | COPY_DST);
    const given = this.#pool.take(Math.max(parameters.byteLength, 4), STORAGE | COPY_DST);
    const told = this.#pool.take(Math.max(coefficients.byteLength, 4), STORAGE | COPY_DST);
    const output = this.#pool.take(outputBytes, STORAGE | COPY_SRC);
    const tally = this.#pool.take(tallyBytes, STORAGE | COPY_SRC | COPY_DST);
    const readback = this.#pool.take(outputBytes + tallyBytes, MAP_READ | COPY_DST);

    const { octs, head, count, start, first, stride } = piece;
    const { tensorKey: tensor_key } = at;
    const end = head + count;
    queue.writeBuffer(job, 0, pack('Job', [{ octs, head, end, start, first, stride, tensor_key }]));
    queue.writeBuffer(given, 0, parameters);
    queue.writeBuffer(told, 0, coefficients);
    queue.writeBuffer(planes, 0, Uint32Array.from(tableOf(dtypes, at)));

    const encoder = this.device.createCommandEncoder();
    encoder.clearBuffer(tally, 0, tallyBytes);
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, this.#bind([job, planes, given, output, tally, told]));
    const wide = Math.min(workgroups, this.#gridWidth);
    pass.dispatchWorkgroups(wide, Math.ceil(workgroups / wide), layers);
    pass.end();
    encoder.copyBufferToBuffer(output, 0, readback, 0, outputBytes);
    encoder.copyBufferToBuffer(tally, 0, readback, outputBytes, tallyBytes);
    queue.submit([encoder.finish()]);
    for (const buffer of [job, given, told, output, tally]) this.#pool.give(buffer);
    return readback;
  }

  #bind(buffers: readonly GPUBuffer[]): GPUBindGroup {
    return this.device.createBindGroup({
      layout: this.#pipelines.layout,
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
  }

  /** What `action` returns, and a promise that rejects when the GPU had something against it. */
  #watched<T>(action: () => T): readonly [T, Promise<void>] {
    this.device.pushErrorScope('out-of-memory');
    this.device.pushErrorScope('validation');
    try {
      return [action(), this.#faults()];
    } catch (error) {
      this.#faults().catch(() => {});
      throw error;
    }
  }

  async #faults(): Promise<void> {
    const popped = [this.device.popErrorScope(), this.device.popErrorScope()];
    const [invalid, memory] = await Promise.all(popped);
    if (memory) throw new DeviceLostError(`The GPU has no memory left: ${memory.message}`);
    if (invalid) throw new Error(`The GPU refused a command: ${invalid.message}`);
  }

  /** The same promise, with whatever a lost device makes of it turned into `DeviceLostError`. */
  async #explained<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (cause) {
      if (cause instanceof NonFiniteError || cause instanceof DeviceLostError) throw cause;
      // The loss is told on a promise of its own, which may settle a moment later.
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (this.#lost === null) throw cause;
      throw new DeviceLostError(`The GPU went away: ${this.#lost}`, { cause });
    }
  }
}
