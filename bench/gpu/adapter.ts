/** The GPU that is measured, through Dawn in Node: no browser is needed. */
import { requestGpu } from '../../src/compute/gpu/device.ts';
import { nodeGpu } from '../../src/testing/node-gpu.ts';
import type { Row } from '../part.ts';

export type Measured = {
  readonly device: GPUDevice;
  readonly label: string;
  readonly kind: 'hardware' | 'software';
  readonly about: Row;
};

/** Dawn rounds timestamps to a tenth of a millisecond unless told not to; some kernels take less. */
const FLAGS = ['disable-dawn-features=timestamp_quantization'];

/** A device with timestamps, where there are any; or why there is none to measure, as a sentence. */
export async function findGpu(softwareToo: boolean): Promise<Measured | string> {
  const gpu = nodeGpu(FLAGS);
  const { kind, device: plain, adapterLabel: label, reason } = await requestGpu(gpu);
  plain?.destroy();
  if (kind === 'none' || (kind === 'software' && !softwareToo)) {
    return `no hardware adapter: ${reason}`;
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return 'no hardware adapter: it was there a moment ago';
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const timed = adapter.features.has('timestamp-query');
  const device = await adapter.requestDevice({
    requiredFeatures: timed ? ['timestamp-query'] : [],
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  });
  const { vendor, architecture, device: model, description } = adapter.info;
  const about = {
    ...{ kind, vendor, architecture, model, description },
    'buffer MiB': Math.floor(maxBufferSize / 2 ** 20),
    'binding MiB': Math.floor(maxStorageBufferBindingSize / 2 ** 20),
    timestamps: timed ? 'yes' : 'no',
  };
  return { device, label, kind, about };
}
