import type { Backend } from '../../compute/backend.ts';
import type { GpuFound } from './devices.ts';

/**
 * Asks the browser for a WebGPU device. The backend is loaded only when there is one, so that the
 * worker starts small.
 *
 * @param memory bytes of GPU memory the backend may hold
 */
export async function findGpu(memory: number): Promise<GpuFound> {
  const { requestGpu } = await import('../../compute/gpu/device.ts');
  const { kind, device, adapterLabel, limits, reason } = await requestGpu();
  if (kind === 'none' || device === null) {
    return { kind: 'none', adapter: null, limits: null, reason, backend: null };
  }
  const { gpuBackend } = await import('../../compute/gpu/backend.ts');
  return {
    kind,
    adapter: adapterLabel,
    limits: limits && {
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    },
    reason,
    backend: owning(device, gpuBackend(device, adapterLabel, { budget: memory })),
  };
}

/** A device is made for one backend, so both end together. */
function owning(device: GPUDevice, backend: Backend): Backend {
  return {
    kind: backend.kind,
    label: backend.label,
    measure: (...request) => backend.measure(...request),
    map: (...request) => backend.map(...request),
    dispose() {
      backend.dispose();
      device.destroy();
    },
  };
}
