import { describe, expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { troubledBackend } from '../../testing/troubled-backend.ts';
import { choose, Devices, type GpuFound } from './devices.ts';

const reason = 'This browser has no WebGPU.';
const none: GpuFound = { kind: 'none', adapter: null, limits: null, reason, backend: null };

function found(kind: 'hardware' | 'software'): GpuFound {
  const limits = { maxBufferSize: 2 ** 30, maxStorageBufferBindingSize: 2 ** 27 };
  const backend = troubledBackend([], 'WebGPU (acme one)');
  return { kind, adapter: 'acme one', limits, reason: 'Graphics adapter: acme one.', backend };
}

function devicesWith(gpu: () => GpuFound) {
  const made: GpuFound[] = [];
  const asked: number[] = [];
  const devices = new Devices({
    async gpu(memory) {
      asked.push(memory);
      made.push(gpu());
      return made.at(-1)!;
    },
    cpu: () => definitionBackend(),
    workers: 3,
  });
  const disposed = () =>
    made.map(({ backend }) => (backend as ReturnType<typeof troubledBackend>).disposed);
  return { devices, made, asked, disposed };
}

describe('the choice of a backend', () => {
  test.each([
    ['auto', 'hardware', 'webgpu', 'WebGPU: this computer has a graphics processor, acme one.'],
    [
      'auto',
      'software',
      'cpu',
      'The CPU: the only graphics adapter, acme one, is emulated and slower.',
    ],
    ['auto', 'none', 'cpu', 'The CPU: this browser has no WebGPU.'],
    ['cpu', 'hardware', 'cpu', 'The CPU, as chosen.'],
    ['webgpu', 'software', 'webgpu', 'WebGPU, as chosen: acme one.'],
    ['webgpu', 'none', 'cpu', 'The CPU, although WebGPU was chosen: this browser has no WebGPU.'],
  ] as const)('%s with a %s adapter: %s', (choice, kind, backend, reason) => {
    expect(choose(choice, { ...none, kind, adapter: 'acme one' })).toEqual({
      kind: backend,
      reason,
    });
  });
});

describe('devices', () => {
  test('a report names backend, adapter and limits, and lets its device go', async () => {
    const { devices, disposed } = devicesWith(() => found('hardware'));
    expect(await devices.report('auto')).toMatchObject({
      kind: 'webgpu',
      label: 'WebGPU (acme one)',
      webgpu: 'hardware',
      adapter: 'acme one',
      limits: { maxBufferSize: 2 ** 30 },
      workers: 3,
    });
    expect(disposed()).toEqual([true]);
  });

  test('a run gets a device, a second one when that is lost, and lets both go', async () => {
    const { devices, made, asked, disposed } = devicesWith(() => found('hardware'));
    const { backend, fallback, budget, release } = await devices.acquire('auto', 1000);
    expect(backend).toBe(made[0].backend);
    expect([budget, asked[0]]).toEqual([500, 500]);
    expect(await fallback.renew()).toBe(made[1].backend);
    expect(disposed()).toEqual([false, false]);
    release();
    expect(disposed()).toEqual([true, true]);
  });

  test('with a software adapter a run gets the CPU, and the device is let go', async () => {
    const { devices, disposed } = devicesWith(() => found('software'));
    const { backend, fallback, budget } = await devices.acquire('auto', 1000);
    expect(backend.kind).toBe('cpu');
    expect(budget).toBe(1000);
    expect(await fallback.renew()).toBe(null);
    expect(disposed()).toEqual([true]);
  });

  test('without an adapter, or when the CPU was chosen, the CPU is kept from run to run', async () => {
    const { devices, made } = devicesWith(() => none);
    const first = await devices.acquire('cpu', 1000);
    const second = await devices.acquire('auto', 1000);
    expect(first.backend).toBe(second.backend);
    expect(made).toHaveLength(1);
  });
});
