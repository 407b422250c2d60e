import { DeviceLostError } from '../../compute/backend.ts';
import { explain, link } from '../../compute/shaders/link.ts';
import { THREADS } from '../../compute/shaders/structs.ts';
import type { ForwardShader, Kernel, Processor, Room, Step, Words } from './processor.ts';

type GpuKernel = Kernel & { readonly pipeline: GPUComputePipeline };
type GpuRoom = Room & { readonly buffer: GPUBuffer };

type GpuStep = {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly grid: readonly [number, number, number];
};

/** WebGPU's limit for each dimension of a grid. */
const WIDEST_GRID = 65535;
/** Jobs that are kept: those of the next layer are the same. */
const MOST_JOBS = 512;

/** The shaders on a graphics processor, and its memory. Steps are handed over when something is written or read. */
export class GpuProcessor implements Processor {
  readonly kind = 'webgpu';
  /** Compiling takes longer than most runs: a device’s pipelines are kept. */
  static readonly #pipelines = new WeakMap<GPUDevice, Map<string, Promise<GPUComputePipeline>>>();
  readonly #device: GPUDevice;
  readonly #rooms: GpuRoom[] = [];
  readonly #jobs = new Map<string, GPUBuffer>();
  /** What stands where a variant reads nothing. */
  readonly #nothing: GPUBuffer;
  #steps: GpuStep[] = [];
  #faults: Promise<void>[] = [];
  #bytes = 0;
  #lost: string | null = null;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#nothing = device.createBuffer({ size: 256, usage: GPUBufferUsage.STORAGE });
    void device.lost.then(({ message }) => {
      this.#lost = message || 'no reason given';
    });
  }

  get bytes(): number {
    return this.#bytes;
  }

  get last(): Room | null {
    return this.#rooms.at(-1) ?? null;
  }

  async kernel(
    shader: ForwardShader,
    constants: Readonly<Record<string, number>>,
  ): Promise<GpuKernel> {
    const known = GpuProcessor.#pipelines.get(this.#device) ?? new Map();
    GpuProcessor.#pipelines.set(this.#device, known);
    const key = JSON.stringify([shader, constants]);
    const pipeline = known.get(key) ?? this.#compile(shader, constants);
    known.set(key, pipeline);
    return { shader, pipeline: await pipeline };
  }

  async #compile(
    shader: ForwardShader,
    constants: Readonly<Record<string, number>>,
  ): Promise<GPUComputePipeline> {
    const linked = link(shader);
    const module = this.#watched(() => this.#device.createShaderModule({ code: linked.code }));
    try {
      return await this.#device.createComputePipelineAsync({
        label: shader,
        layout: 'auto',
        compute: { module, constants },
      });
    } catch (cause) {
      const { messages } = await module.getCompilationInfo();
      const said = messages.map((message) => explain(linked, message));
      throw new Error([`Shader ${shader} does not compile`, ...said].join('\n'), { cause });
    }
  }

  take(words: number): GpuRoom {
    const { maxStorageBufferBindingSize: most } = this.#device.limits;
    const size = Math.max(256, Math.ceil(words / 4) * 16);
    if (size > most) {
      throw new RangeError(`A tensor needs ${size} bytes; this graphics processor binds ${most}.`);
    }
    const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
    const usage = STORAGE | COPY_DST | COPY_SRC;
    const buffer = this.#watched(() => this.#device.createBuffer({ size, usage }));
    const room = { words, buffer };
    this.#rooms.push(room);
    this.#bytes += size;
    return room;
  }

  giveBackAfter(room: Room | null): void {
    this.#submit();
    const kept = room === null ? 0 : this.#rooms.indexOf(room as GpuRoom) + 1;
    for (const { buffer } of this.#rooms.splice(kept)) {
      this.#bytes -= buffer.size;
      buffer.destroy();
    }
  }

  write(room: Room, words: Words): void {
    this.#submit();
    const { buffer } = room as GpuRoom;
    const source = words as Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
    this.#watched(() => this.#device.queue.writeBuffer(buffer, 0, source));
  }

  fill(room: Room, make: (numbers: Float32Array) => void): void {
    const numbers = new Float32Array(room.words);
    make(numbers);
    this.write(room, numbers);
  }

  run({ kernel, job, rooms, threads, layers }: Step): void {
    if (threads === 0) return;
    const { pipeline } = kernel as GpuKernel;
    const buffers = rooms.map((room) => (room ? (room as GpuRoom).buffer : this.#nothing));
    const entries = [this.#job(job), ...buffers].map((buffer, binding) => ({
      binding,
      resource: { buffer },
    }));
    const layout = pipeline.getBindGroupLayout(0);
    const group = this.#watched(() => this.#device.createBindGroup({ layout, entries }));
    const groups = Math.ceil(threads / THREADS);
    const wide = Math.min(groups, WIDEST_GRID);
    this.#steps.push({ pipeline, group, grid: [wide, Math.ceil(groups / wide), layers] });
  }

  async read(room: Room, words: number): Promise<Float32Array> {
    this.#submit();
    const size = Math.max(4, 4 * words);
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const copy = this.#watched(() => {
      const made = this.#device.createBuffer({ size, usage });
      const encoder = this.#device.createCommandEncoder();
      encoder.copyBufferToBuffer((room as GpuRoom).buffer, 0, made, 0, size);
      this.#device.queue.submit([encoder.finish()]);
      return made;
    });
    try {
      const faults = this.#faults;
      this.#faults = [];
      await Promise.all([copy.mapAsync(GPUMapMode.READ), ...faults]);
      return new Float32Array(copy.getMappedRange().slice(0, 4 * words));
    } catch (cause) {
      if (cause instanceof DeviceLostError) throw cause;
      // The loss is told on a promise of its own, which may settle a moment later.
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (this.#lost === null) throw cause;
      throw new DeviceLostError(`The GPU went away: ${this.#lost}`, { cause });
    } finally {
      copy.destroy();
    }
  }

  dispose(): void {
    this.giveBackAfter(null);
    this.#forgetJobs();
    this.#nothing.destroy();
  }

  #job(words: Uint32Array<ArrayBuffer>): GPUBuffer {
    const key = words.join();
    const known = this.#jobs.get(key);
    if (known) return known;
    if (this.#jobs.size >= MOST_JOBS) {
      this.#submit();
      this.#forgetJobs();
    }
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const made = this.#device.createBuffer({ size: 32, usage });
    // Nobody reads it yet: what was asked for before has jobs of its own.
    this.#device.queue.writeBuffer(made, 0, words);
    this.#jobs.set(key, made);
    return made;
  }

  #forgetJobs(): void {
    for (const buffer of this.#jobs.values()) buffer.destroy();
    this.#jobs.clear();
  }

  #submit(): void {
    if (this.#steps.length === 0) return;
    const steps = this.#steps;
    this.#steps = [];
    this.#watched(() => {
      const encoder = this.#device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (const { pipeline, group, grid } of steps) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(...grid);
      }
      pass.end();
      this.#device.queue.submit([encoder.finish()]);
    });
  }

  /** What `action` returns; what the GPU has against it is told by the next `read`. */
  #watched<T>(action: () => T): T {
    this.#device.pushErrorScope('out-of-memory');
    this.#device.pushErrorScope('validation');
    try {
      return action();
    } finally {
      const popped = [this.#device.popErrorScope(), this.#device.popErrorScope()];
      const fault = Promise.all(popped).then(([invalid, memory]) => {
        if (memory) throw new DeviceLostError(`The GPU has no memory left: ${memory.message}`);
        if (invalid) throw new Error(`The GPU refused a command: ${invalid.message}`);
      });
      fault.catch(() => {});
      this.#faults.push(fault);
    }
  }
}
