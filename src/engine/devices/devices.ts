import type { Backend } from '../../compute/backend.ts';
import type { BackendChoice, DeviceReport } from '../protocol.ts';
import type { Fallback } from './ladder.ts';

/** A WebGPU adapter as it was found. */
export type GpuFound = {
  readonly kind: 'hardware' | 'software' | 'none';
  readonly adapter: string | null;
  readonly limits: DeviceReport['limits'];
  /** What was found, as a sentence. */
  readonly reason: string;
  /** A backend on this device; null when there is none. */
  readonly backend: Backend | null;
};

/** What this computer offers. */
export interface Machine {
  /** Asks for a device, which may hold `memory` bytes; each call makes a new one. */
  gpu(memory: number): Promise<GpuFound>;
  cpu(): Backend;
  /** Kernel workers of the CPU backend. */
  readonly workers: number;
}

export type Acquired = {
  readonly backend: Backend;
  readonly fallback: Fallback;
  /** What of the budget is left for everything outside the GPU. */
  readonly budget: number;
  /** Lets the GPU devices go. */
  release(): void;
};

/** Backends of one engine: the CPU's workers are kept, a GPU device lives as long as a run. */
export class Devices {
  readonly #machine: Machine;
  #cpu: Backend | null = null;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  async report(choice: BackendChoice): Promise<DeviceReport> {
    const gpu = await this.#machine.gpu(0);
    gpu.backend?.dispose();
    const { kind, reason } = choose(choice, gpu);
    const label = kind === 'webgpu' ? (gpu.backend?.label ?? 'WebGPU') : this.#cpuBackend().label;
    const { adapter, limits } = gpu;
    const { workers } = this.#machine;
    return { kind, label, reason, webgpu: gpu.kind, adapter, limits, workers };
  }

  /** The backend of a run. With a GPU, half of the `budget` is for its memory. */
  async acquire(choice: BackendChoice, budget: number): Promise<Acquired> {
    const cpu = () => this.#cpuBackend();
    const onCpu = { backend: cpu(), fallback: { renew: async () => null, cpu }, budget };
    if (choice === 'cpu') return { ...onCpu, release() {} };

    const made: Backend[] = [];
    const request = async () => {
      const gpu = await this.#machine.gpu(budget / 2);
      if (gpu.backend) made.push(gpu.backend);
      return gpu;
    };
    const release = () => {
      for (const backend of made.splice(0)) backend.dispose();
    };
    const gpu = await request();
    if (gpu.backend && choose(choice, gpu).kind === 'webgpu') {
      const renew = async () => (await request()).backend;
      return { backend: gpu.backend, fallback: { renew, cpu }, budget: budget / 2, release };
    }
    release();
    return { ...onCpu, release };
  }

  #cpuBackend(): Backend {
    this.#cpu ??= this.#machine.cpu();
    return this.#cpu;
  }
}

/** Which backend, and why in one sentence. A software adapter is slower than the CPU's own workers. */
export function choose(
  choice: BackendChoice,
  gpu: Pick<GpuFound, 'kind' | 'adapter' | 'reason'>,
): Pick<DeviceReport, 'kind' | 'reason'> {
  if (choice === 'cpu') return { kind: 'cpu', reason: 'The CPU, as chosen.' };
  if (gpu.kind === 'none') {
    const although = choice === 'webgpu' ? ', although WebGPU was chosen' : '';
    return { kind: 'cpu', reason: `The CPU${although}: ${uncapitalised(gpu.reason)}` };
  }
  if (choice === 'webgpu') return { kind: 'webgpu', reason: `WebGPU, as chosen: ${gpu.adapter}.` };
  return gpu.kind === 'hardware'
    ? { kind: 'webgpu', reason: `WebGPU: this computer has a graphics processor, ${gpu.adapter}.` }
    : {
        kind: 'cpu',
        reason: `The CPU: the only graphics adapter, ${gpu.adapter}, is emulated and slower.`,
      };
}

/** "This browser …" → "this browser …"; a name such as "WebGPU" stays. */
function uncapitalised(sentence: string): string {
  return /^[A-Z][a-z]+ /.test(sentence) ? sentence[0].toLowerCase() + sentence.slice(1) : sentence;
}
