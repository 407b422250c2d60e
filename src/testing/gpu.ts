import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { create, globals } from 'webgpu';

/**
 * GPU tests run in Node on Dawn with a Vulkan driver. Without one a developer's machine skips them with
 * a line; under CI that is a failure.
 */
type Holder = typeof globalThis & { amalgamGpu?: GPU };
const holder: Holder = globalThis;

/** glibc's RTLD_NODELETE: stay loaded, although Node gives up on a library that is no addon. */
const STAY = 0x1000;

/**
 * Chromium packages carry the Vulkan loader beside the driver, where the system does not look. Once it
 * is in the process, Dawn finds it by name.
 */
function loadVulkan(): void {
  const loader = join(dirname(process.env.VK_DRIVER_FILES ?? ''), 'libvulkan.so.1');
  if (!existsSync(loader)) return;
  try {
    process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_NOW | STAY);
  } catch {
    // Always: it is no addon of Node.
  }
}

/** Kept alive for good: Dawn crashes at exit when its GPU object is collected before a pending map. */
export function nodeGpu(): GPU {
  if (!holder.amalgamGpu) {
    loadVulkan();
    Object.assign(globalThis, globals);
    holder.amalgamGpu = create([]);
  }
  return holder.amalgamGpu;
}

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
