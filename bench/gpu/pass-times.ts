/** How long each compute pass took on the GPU, by its own clock: uploads and readbacks are outside. */

export type Pass = { readonly name: string; readonly seconds: number };

/** Passes between two readings. */
const MOST = 1024;

/** Listens in on a device: the passes are the product's own, with two timestamps added to each. */
export class PassTimes {
  readonly #device: GPUDevice;
  readonly #queries: GPUQuerySet;
  #names: string[] = [];
  /** Leaves the device as it was. */
  readonly stop: () => void;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#queries = device.createQuerySet({ type: 'timestamp', count: 2 * MOST });
    const { createCommandEncoder } = device;
    const createEncoder = createCommandEncoder.bind(device);
    this.stop = () => {
      device.createCommandEncoder = createCommandEncoder;
      this.#queries.destroy();
    };
    device.createCommandEncoder = (descriptor) => this.#timed(createEncoder(descriptor));
  }

  /** The passes since the last call. */
  async take(): Promise<readonly Pass[]> {
    const names = this.#names;
    const size = 16 * names.length;
    if (size === 0) return [];
    const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    const resolved = this.#device.createBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC });
    const readback = this.#device.createBuffer({ size, usage: MAP_READ | COPY_DST });
    const encoder = this.#device.createCommandEncoder();
    encoder.resolveQuerySet(this.#queries, 0, 2 * names.length, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, readback, 0, size);
    this.#device.queue.submit([encoder.finish()]);
    await readback.mapAsync(GPUMapMode.READ);
    const nanoseconds = new BigUint64Array(readback.getMappedRange().slice(0));
    resolved.destroy();
    readback.destroy();
    this.#names = [];
    return names.map((name, i) => {
      return { name, seconds: Number(nanoseconds[2 * i + 1] - nanoseconds[2 * i]) / 1e9 };
    });
  }

  /** Forgets the passes since the last call. */
  forget(): void {
    this.#names = [];
  }

  #timed(encoder: GPUCommandEncoder): GPUCommandEncoder {
    const beginPass = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (descriptor = {}) => {
      const at = this.#names.length;
      if (at >= MOST) return beginPass(descriptor);
      this.#names.push('');
      const timestampWrites = {
        querySet: this.#queries,
        beginningOfPassWriteIndex: 2 * at,
        endOfPassWriteIndex: 2 * at + 1,
      };
      const pass = beginPass({ ...descriptor, timestampWrites });
      const setPipeline = pass.setPipeline.bind(pass);
      pass.setPipeline = (pipeline) => {
        this.#names[at] = pipeline.label;
        setPipeline(pipeline);
      };
      return pass;
    };
    return encoder;
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
