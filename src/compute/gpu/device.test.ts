import { expect, test } from 'vitest';
import { requestGpu } from './device.ts';

const limits = { maxBufferSize: 4e9, maxStorageBufferBindingSize: 2e9 };

function fakeGpu(info: Partial<GPUAdapterInfo>, refusal?: Error) {
  const asked: GPUDeviceDescriptor[] = [];
  const adapter = {
    info: { vendor: '', architecture: '', device: '', description: '', ...info },
    limits,
    async requestDevice(descriptor: GPUDeviceDescriptor) {
      if (refusal) throw refusal;
      asked.push(descriptor);
      return { limits };
    },
  };
  return { asked, gpu: { requestAdapter: async () => adapter } as unknown as GPU };
}

test('without WebGPU there is no GPU, and the reason is a sentence', async () => {
  expect(await requestGpu(undefined)).toMatchObject({
    kind: 'none',
    device: null,
    reason: 'This browser has no WebGPU.',
  });
});

test('without an adapter there is none either', async () => {
  const gpu = { requestAdapter: async () => null } as unknown as GPU;
  const found = await requestGpu(gpu);
  expect(found.kind).toBe('none');
  expect(found.reason).toContain('no graphics adapter');
});

test('a graphics card is hardware, and gives all the buffer it has', async () => {
  const { gpu, asked } = fakeGpu({ vendor: 'nvidia', architecture: 'ampere' });
  const found = await requestGpu(gpu);
  expect(found).toMatchObject({ kind: 'hardware', adapterLabel: 'nvidia ampere' });
  expect(asked[0].requiredLimits).toEqual(limits);
});

test.each([
  { vendor: 'google', architecture: 'swiftshader' },
  { vendor: 'mesa', description: 'llvmpipe (LLVM 15)' },
  { description: 'Microsoft Basic Render Driver' },
  { vendor: 'intel', isFallbackAdapter: true },
])('%o is software', async (info) => {
  expect((await requestGpu(fakeGpu(info).gpu)).kind).toBe('software');
});

test('an adapter that refuses a device is told with its words', async () => {
  const found = await requestGpu(fakeGpu({}, new Error('out of handles')).gpu);
  expect(found).toMatchObject({
    kind: 'none',
    reason: 'The graphics adapter refused: out of handles',
  });
});
