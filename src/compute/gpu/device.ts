/** Finds the GPU and says what it is; the page decides whether to use it. */

export type Gpu = {
  readonly kind: 'hardware' | 'software' | 'none';
  readonly device: GPUDevice | null;
  /** For people: "nvidia ampere". */
  readonly adapterLabel: string;
  readonly limits: GPUSupportedLimits | null;
  /** Why this kind, as a sentence. */
  readonly reason: string;
};

/** Names under which processors pose as graphics adapters. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

/**
 * Asks for the fastest adapter and a device with the adapter's real limits for buffers; the defaults
 * (128 MiB for a binding) would cut large tensors needlessly. Never rejects.
 */
export async function requestGpu(gpu: GPU | undefined = globalThis.navigator?.gpu): Promise<Gpu> {
  if (!gpu) return none('This browser has no WebGPU.');
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return none('WebGPU is there, but it found no graphics adapter.');
    const device = await adapter.requestDevice({
      requiredLimits: {
        maxBufferSize: adapter.limits.maxBufferSize,
        maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
      },
    });
    const { vendor, architecture, device: model, description } = adapter.info;
    const label = [vendor, architecture].filter(Boolean).join(' ') || description || 'unnamed';
    const software =
      adapter.info.isFallbackAdapter === true ||
      SOFTWARE.test([vendor, architecture, model, description].join(' '));
    return {
      kind: software ? 'software' : 'hardware',
      device,
      adapterLabel: label,
      limits: device.limits,
      reason: software
        ? `The graphics adapter (${label}) is emulated by the processor.`
        : `Graphics adapter: ${label}.`,
    };
  } catch (error) {
    return none(`The graphics adapter refused: ${error instanceof Error ? error.message : error}`);
  }
}

function none(reason: string): Gpu {
  return { kind: 'none', device: null, adapterLabel: '', limits: null, reason };
}
