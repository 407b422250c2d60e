import { afterAll, expect, test } from 'vitest';
import { nodeGpu } from './node-gpu.ts';

/**
 * GPU tests run in Node on Dawn with a Vulkan driver. Without one a developer's machine skips them with
 * a line; under CI that is a failure.
 */
const adapter = await nodeGpu().requestAdapter();
const required = Boolean(process.env.CI);
if (!adapter && !required) console.warn('No WebGPU driver: GPU tests are skipped.');

export const hasGpu = adapter !== null;
let shared: GPUDevice | null = null;

/** The one device of a test file, with the adapter's limits. */
export async function testDevice(): Promise<GPUDevice> {
  if (!adapter) throw new Error('No WebGPU driver: VK_DRIVER_FILES must name one when CI is set');
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  shared ??= await adapter.requestDevice({
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  });
  return shared;
}

/** Buffers of a device that were made and not destroyed since. */
function trackBuffers(device: GPUDevice): { readonly alive: Set<GPUBuffer>; stop(): void } {
  const alive = new Set<GPUBuffer>();
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      alive.delete(buffer);
      return destroy();
    };
    alive.add(buffer);
    return buffer;
  };
  const stop = () => {
    device.createBuffer = createBuffer;
  };
  return { alive, stop };
}

/** A test with a device: fails on errors that nobody caught and on buffers that are left behind. */
export function gpuTest(name: string, body: (device: GPUDevice) => Promise<void>): void {
  const run = adapter || required ? test : test.skip;
  run(name, async () => {
    const device = await testDevice();
    const buffers = trackBuffers(device);
    device.pushErrorScope('out-of-memory');
    device.pushErrorScope('validation');
    let scopes: (GPUError | null)[] = [];
    try {
      await body(device);
      await device.queue.onSubmittedWorkDone();
    } finally {
      buffers.stop();
      scopes = [await device.popErrorScope(), await device.popErrorScope()];
    }
    expect(scopes.map((error) => error?.message ?? null)).toEqual([null, null]);
    expect(buffers.alive.size, 'GPU buffers that were not destroyed').toBe(0);
  });
}

afterAll(async () => {
  await shared?.queue.onSubmittedWorkDone();
  shared?.destroy();
  shared = null;
});
