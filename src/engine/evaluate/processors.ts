import { type Gpu, requestGpu } from '../../compute/gpu/device.ts';
import { CpuProcessor } from '../../evaluate/forward/cpu.ts';
import { GpuProcessor } from '../../evaluate/forward/gpu.ts';
import type { Processor } from '../../evaluate/forward/processor.ts';
import { choose } from '../devices/devices.ts';
import type { BackendChoice } from '../protocol.ts';

/** What models are run on: the graphics processor where merges are made there, too, else this thread. */
export class Processors {
  readonly #request: () => Promise<Gpu>;
  #gpu: Promise<Gpu> | null = null;
  /** It was lost, or a model did not fit: no more is asked of it. */
  #isGivenUp = false;

  constructor(request: () => Promise<Gpu> = requestGpu) {
    this.#request = request;
  }

  /** One of its own for each model. */
  async next(choice: BackendChoice): Promise<Processor> {
    if (choice === 'cpu' || this.#isGivenUp) return new CpuProcessor();
    this.#gpu ??= this.#request();
    const { kind, adapterLabel, reason, device } = await this.#gpu;
    const chosen = choose(choice, { kind, adapter: adapterLabel, reason });
    return device && chosen.kind === 'webgpu' ? new GpuProcessor(device) : new CpuProcessor();
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
