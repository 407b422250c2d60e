import type { Backend } from '../compute/backend.ts';
import type { Fallback } from './ladder.ts';
import type { BackendChoice, DeviceReport } from './protocol.ts';

/** A WebGPU adapter as it was found. */
export type GpuFound = {
  readonly kind: 'hardware' | 'software' | 'none';
  readonly adapter: string | null;
  readonly limits: DeviceReport['limits'];
  /** A backend on this device; null when there is none. */
  readonly backend: Backend | null;
};

/** What this computer offers. */
export interface Machine {
  /** Asks for a device; each call makes a new one. */
  gpu(): Promise<GpuFound>;
  cpu(): Backend;
  /** Kernel workers of the CPU backend. */
  readonly workers: number;
}

export type Acquired = {
  readonly backend: Backend;
  readonly fallback: Fallback;
  /** Lets the GPU device go. */
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
    const gpu = await this.#machine.gpu();
    gpu.backend?.dispose();
    const { kind, reason } = choose(choice, gpu);
    const label = kind === 'webgpu' ? (gpu.backend?.label ?? 'WebGPU') : this.#cpuBackend().label;
    return {
      kind,
      label,
      reason,
      webgpu: gpu.kind,
      adapter: gpu.adapter,
      limits: gpu.limits,
      workers: this.#machine.workers,
    };
  }

  async acquire(choice: BackendChoice): Promise<Acquired> {
    const made: Backend[] = [];
    const gpuBackend = async () => {
      const { backend } = await this.#machine.gpu();
      if (backend) made.push(backend);
      return backend;
    };
    const cpu = () => this.#cpuBackend();
    const release = () => {
      for (const backend of made) backend.dispose();
    };
    if (choice === 'cpu')
      return { backend: cpu(), fallback: { renew: async () => null, cpu }, release };
    const gpu = await this.#machine.gpu();
    if (gpu.backend && choose(choice, gpu).kind === 'webgpu') {
      made.push(gpu.backend);
      return { backend: gpu.backend, fallback: { renew: gpuBackend, cpu }, release };
    }
    gpu.backend?.dispose();
    return { backend: cpu(), fallback: { renew: async () => null, cpu }, release };
  }

  #cpuBackend(): Backend {
    this.#cpu ??= this.#machine.cpu();
    return this.#cpu;
  }
}

/** Which backend, and why in one sentence. A software adapter is slower than the CPU's own workers. */
export function choose(
  choice: BackendChoice,
  gpu: Pick<GpuFound, 'kind' | 'adapter'>,
): Pick<DeviceReport, 'kind' | 'reason'> {
  const adapter = gpu.adapter ?? 'an adapter without a name';
  if (choice === 'cpu') return { kind: 'cpu', reason: 'The CPU, as chosen.' };
  if (choice === 'webgpu') {
    return gpu.kind === 'none'
      ? { kind: 'cpu', reason: 'The CPU: WebGPU was chosen, but this browser offers no adapter.' }
      : { kind: 'webgpu', reason: `WebGPU, as chosen, on ${adapter}.` };
  }
  switch (gpu.kind) {
    case 'hardware':
      return { kind: 'webgpu', reason: `WebGPU: this computer has a GPU, ${adapter}.` };
    case 'software':
      return {
        kind: 'cpu',
        reason: `The CPU: the only WebGPU adapter here, ${adapter}, is software and slower.`,
      };
    case 'none':
      return { kind: 'cpu', reason: 'The CPU: this browser offers no WebGPU adapter.' };
    default:
      return gpu.kind satisfies never;
  }
}
