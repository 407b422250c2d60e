/** GPU buffers that are used again, because making one costs more than a small dispatch. */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #budget: number;
  readonly #free: GPUBuffer[] = [];
  readonly #taken = new Set<GPUBuffer>();
  #bytes = 0;

  /** `budget`: bytes above which free buffers are destroyed before a new one is made. */
  constructor(device: GPUDevice, budget: number) {
    this.#device = device;
    this.#budget = budget;
  }

  /** Bytes of all buffers, free ones included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A buffer of at least `size` bytes; its contents are anybody's. */
  take(size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const room = roomFor(size);
    const found = this.#free.findIndex((free) => free.size === room && free.usage === usage);
    const buffer = found >= 0 ? this.#free.splice(found, 1)[0] : this.#make(room, usage);
    this.#taken.add(buffer);
    return buffer;
  }

  /** Gives a buffer back. Work that is already submitted may still use it: the queue keeps order. */
  give(buffer: GPUBuffer): void {
    if (this.#taken.delete(buffer)) this.#free.push(buffer);
  }

  destroy(): void {
    for (const buffer of [...this.#taken, ...this.#free]) buffer.destroy();
    this.#taken.clear();
    this.#free.length = 0;
    this.#bytes = 0;
  }

  #make(size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    while (this.#free.length > 0 && this.#bytes + size > this.#budget) {
      const oldest = this.#free.shift()!;
      this.#bytes -= oldest.size;
      oldest.destroy();
    }
    this.#bytes += size;
    return this.#device.createBuffer({ size, usage });
  }
}

/** Rounded up to one of eight sizes for each power of two, so that similar sizes share buffers. */
function roomFor(size: number): number {
  const grain = Math.max(256, 2 ** (Math.floor(Math.log2(Math.max(size, 1))) - 3));
  return Math.ceil(size / grain) * grain;
}
