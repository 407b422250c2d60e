import type { GpuFound } from './devices.ts';

type DeviceModule = {
  requestGpu(): Promise<{
    readonly kind: GpuFound['kind'];
    readonly device: GPUDevice | null;
    readonly adapterLabel: string | null;
    readonly limits: GpuFound['limits'];
  }>;
};
type BackendModule = { gpuBackend(device: GPUDevice, label: string): GpuFound['backend'] };

const modules = import.meta.glob<unknown>('../compute/gpu/{device,backend}.ts');

/** Asks the browser for a WebGPU device; loaded only when asked, so that the worker starts small. */
export async function findGpu(): Promise<GpuFound> {
  const none = { kind: 'none', adapter: null, limits: null, backend: null } as const;
  const device = modules['../compute/gpu/device.ts'];
  const backend = modules['../compute/gpu/backend.ts'];
  if (!device || !backend) return none;
  const { requestGpu } = (await device()) as DeviceModule;
  const found = await requestGpu();
  if (found.kind === 'none' || found.device === null) return none;
  const { gpuBackend } = (await backend()) as BackendModule;
  const label = `WebGPU (${found.adapterLabel ?? 'unnamed adapter'})`;
  return {
    kind: found.kind,
    adapter: found.adapterLabel,
    limits: found.limits,
    backend: gpuBackend(found.device, label),
  };
}
