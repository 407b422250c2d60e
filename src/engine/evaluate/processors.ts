import { type Gpu, requestGpu } from '../../compute/gpu/device.ts';
import { CpuProcessor } from '../../evaluate/forward/cpu.ts';
import { GpuProcessor } from '../../evaluate/forward/gpu.ts';
import type { Processor } from '../../evaluate/forward/processor.ts';
import { choose } from '../devices/devices.ts';
import type { BackendChoice } from '../protocol.ts';

/** Bytes of a memory that waits for the next model. */
const mostIdle = 2 ** 27;

/** What models are run on: the graphics processor where merges are made there, too, else this thread. */
export class Processors {
  readonly #request: () => Promise<Gpu>;
  #gpu: Promise<Gpu> | null = null;
  /** Of models that were let go. A memory takes gigabytes of addresses, and a page gets about a hundred of them. */
  readonly #idle: CpuProcessor[] = [];
  /** It was lost, or a model did not fit: no more is asked of it. */
  #isGivenUp = false;

  constructor(request: () => Promise<Gpu> = requestGpu) {
    this.#request = request;
  }

  /** One of its own for each model. */
  async next(choice: BackendChoice): Promise<Processor> {
    if (choice === 'cpu' || this.#isGivenUp) return this.#cpu();
    this.#gpu ??= this.#request();
    const { kind, adapterLabel, reason, device } = await this.#gpu;
    const chosen = choose(choice, { kind, adapter: adapterLabel, reason });
    return device && chosen.kind === 'webgpu' ? new GpuProcessor(device) : this.#cpu();
  }

  /** For the next model; what is large is not kept for it. */
  giveBack(processor: Processor): void {
    processor.dispose();
    if (processor instanceof CpuProcessor && processor.bytes <= mostIdle) {
      this.#idle.push(processor);
    }
  }

  #cpu(): CpuProcessor {
    return this.#idle.pop() ?? new CpuProcessor();
  }

  /** From here on everything runs on the CPU. Whether a GPU was in use. */
  giveUpGpu(): boolean {
    const gpu = this.#gpu;
    this.#isGivenUp = true;
    this.#gpu = null;
    void gpu?.then(({ device }) => device?.destroy());
    return gpu !== null;
  }
}
