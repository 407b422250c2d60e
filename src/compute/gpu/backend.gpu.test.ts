import { expect } from 'vitest';
import { pack } from '../../methods/coefficients.ts';
import { findMethod } from '../../methods/registry.ts';
import { bytesPerElement, floatDtypes } from '../../numerics/dtype.ts';
import { gpuTest } from '../../testing/gpu.ts';
import { blocksOf, bytesOf } from '../../testing/merge-tensor.ts';
import { nodeGpu } from '../../testing/node-gpu.ts';
import {
  type Blocks,
  DeviceLostError,
  type Kernel,
  type Mapped,
  NonFiniteError,
} from '../backend.ts';
import { gpuBackend } from './backend.ts';
import { requestGpu } from './device.ts';

const signal = new AbortController().signal;
const at = { tensorKey: 1, ordinals: [0, 1] };
const dot = { kind: 'dot', of: 'weights', a: 0, b: 0 } as const;
const mean: Kernel = {
  methodId: 'linear',
  coefficients: [1, 1, 1],
  output: 'F32',
  work: 'F32',
  resultAs: 'F32',
  at,
};

/** Two models of `count` elements, 0 1 2 … and 2 3 4 …, and how often they were read. */
function counted(count: number, blockSize = count): Blocks & { reads: number } {
  const rising = (from: number) => Float32Array.from({ length: count }, (_, i) => i + from);
  const planes = [rising(0), rising(2)].map((plane) => bytesOf(plane, 'F32'));
  const blocks = blocksOf(planes, ['F32', 'F32'], false, count, blockSize);
  const spied = {
    ...blocks,
    reads: 0,
    read(given: AbortSignal) {
      spied.reads++;
      return blocks.read(given);
    },
  };
  return spied;
}

async function all(mapped: AsyncIterable<Mapped>): Promise<Mapped[]> {
  const list: Mapped[] = [];
  for await (const one of mapped) list.push(one);
  return list;
}

const floats = ({ bytes }: Mapped) => Array.from(new Float32Array(bytes.slice().buffer));

gpuTest('a tensor that was measured is mapped without being read again', async (device) => {
  const backend = gpuBackend(device, 'test');
  const blocks = counted(100);
  await backend.measure(blocks, [dot], { work: 'F32', at }, signal);
  await backend.measure(blocks, [dot], { work: 'F32', at }, signal);
  const [mapped] = await all(backend.map(blocks, mean, signal));
  expect(floats(mapped).slice(0, 3)).toEqual([1, 2, 3]);
  expect(blocks.reads).toBe(1);
  await all(backend.map(blocks, mean, signal));
  expect(blocks.reads).toBe(2);
  backend.dispose();
});

gpuTest('a tensor of several blocks and pieces is uploaded once as well', async (device) => {
  const backend = gpuBackend(device, 'test', { pieceLimit: 700 });
  const blocks = counted(1000, 333);
  await backend.measure(blocks, [{ ...dot, b: 1 }], { work: 'F32', at }, signal);
  // Σ i(i + 2) for i < 1000, each product and sum within f32 but for its last digits.
  const [[sum]] = await backend.measure(blocks, [{ ...dot, b: 1 }], { work: 'F32', at }, signal);
  expect(sum / 333_832_500).toBeCloseTo(1, 6);
  const outputs = await all(backend.map(blocks, mean, signal));
  expect(outputs.map(({ bytes }) => bytes.length / 4)).toEqual([333, 333, 333, 1]);
  expect(outputs.flatMap(floats)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  expect(blocks.reads).toBe(1);
  // Once it is mapped nothing of it is left.
  await all(backend.map(blocks, mean, signal));
  expect(blocks.reads).toBe(2);
  backend.dispose();
});

gpuTest('a tensor larger than what may be kept is read for every pass', async (device) => {
  // Half of the budget is for kept tensors: 80,000 bytes are one more element than fit.
  const over = gpuBackend(device, 'test', { budget: 2 * 79_999 });
  const under = gpuBackend(device, 'test', { budget: 2 * 80_000 });
  for (const [backend, reads] of [
    [over, 3],
    [under, 1],
  ] as const) {
    const blocks = counted(10_000, 1_000);
    for (let pass = 0; pass < 2; pass++) {
      await backend.measure(blocks, [dot], { work: 'F32', at }, signal);
    }
    const outputs = await all(backend.map(blocks, mean, signal));
    expect(outputs.flatMap(floats)[9_999]).toBe(10_000);
    expect(blocks.reads).toBe(reads);
    backend.dispose();
  }
});

gpuTest('two tensors that fit only one by one are both merged as they are', async (device) => {
  const backend = gpuBackend(device, 'test', { budget: 2 * 100_000 });
  const merged = async () => {
    const blocks = counted(10_000, 1_000);
    await backend.measure(blocks, [dot], { work: 'F32', at }, signal);
    await backend.measure(blocks, [dot], { work: 'F32', at }, signal);
    return (await all(backend.map(blocks, mean, signal))).flatMap(floats);
  };
  const wanted = Array.from({ length: 10_000 }, (_, i) => i + 1);
  for (const values of await Promise.all([merged(), merged()])) expect(values).toEqual(wanted);
  backend.dispose();
});

gpuTest('every block gives one output, in order, however it is cut into pieces', async (device) => {
  const backend = gpuBackend(device, 'test', { pieceLimit: 700 });
  const outputs = await all(backend.map(counted(1000, 333), mean, signal));
  expect(outputs.map(({ bytes }) => bytes.length / 4)).toEqual([333, 333, 333, 1]);
  expect(outputs.flatMap(floats)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  backend.dispose();
});

gpuTest('buffers are used again instead of growing in number', async (device) => {
  const backend = gpuBackend(device, 'test');
  await all(backend.map(counted(4000, 1000), mean, signal));
  const { bytes } = backend;
  for (let round = 0; round < 5; round++) await all(backend.map(counted(4000, 1000), mean, signal));
  expect(backend.bytes).toBeLessThan(2 * bytes);
  backend.dispose();
});

gpuTest('kept tensors stay within the budget', async (device) => {
  const backend = gpuBackend(device, 'test', { budget: 1 << 20 });
  for (let tensor = 0; tensor < 20; tensor++) {
    await backend.measure(counted(10_000), [dot], { work: 'F32', at }, signal);
  }
  expect(backend.bytes).toBeLessThan(1 << 20);
  backend.dispose();
});

const infinities = [
  ['F32', [0, 0, 0x80, 0x7f]],
  ['F32', [1, 0, 0xc0, 0xff]],
  ['F16', [0, 0x7c]],
  ['BF16', [0x80, 0xff]],
  ['F8_E4M3', [0xff]],
  ['F8_E5M2', [0x7d]],
  ['F64', [0, 0, 0, 0, 0, 0, 0xf0, 0x7f]],
  // Finite, but no f32.
  ['F64', [0, 0, 0, 0, 0, 0, 0xf0, 0x7e]],
] as const;

for (const [dtype, bytes] of infinities) {
  gpuTest(
    `${dtype} ${bytes.map((byte) => byte.toString(16))} is left to the CPU, wherever it lies`,
    async (device) => {
      const backend = gpuBackend(device, 'test');
      for (const place of [0, 6, 16]) {
        const clean = bytesOf(new Float32Array(17).fill(1), dtype);
        const dirty = clean.slice();
        dirty.set(bytes, place * bytes.length);
        const blocks = blocksOf([clean, dirty], [dtype, dtype], false, 17);
        await expect(all(backend.map(blocks, mean, signal))).rejects.toThrow(NonFiniteError);
        const dot = { kind: 'dot', of: 'weights', a: 0, b: 1 } as const;
        const measured = backend.measure(blocks, [dot], { work: 'F32', at }, signal);
        await expect(measured).rejects.toThrow(NonFiniteError);
        const good = blocksOf([clean, clean], [dtype, dtype], false, 17);
        expect(await all(backend.map(good, mean, signal))).toHaveLength(1);
      }
      backend.dispose();
    },
  );
}

gpuTest(
  'a NaN that the method would drop is left to the CPU as well, in any lane',
  async (device) => {
    const backend = gpuBackend(device, 'test');
    const nothing = { lambda: 1, normalize: false, seed: 1, draws: 1 };
    const each = { weight: [1], limit: [0], share: [1], rescale: [1] };
    const coefficients = pack(findMethod('dare_linear')!, { ...nothing, ...each }, 1);
    for (const dtype of floatDtypes) {
      const kernel = { ...mean, methodId: 'dare_linear', coefficients, output: dtype } as const;
      const base = bytesOf(new Float32Array(16).fill(1), dtype);
      for (let place = 0; place < 8; place++) {
        const model = base.slice();
        model.fill(0xff, place * bytesPerElement(dtype), (place + 1) * bytesPerElement(dtype));
        const blocks = blocksOf([model, base], [dtype, dtype], true, 16);
        await expect(all(backend.map(blocks, kernel, signal))).rejects.toThrow(NonFiniteError);
      }
      const clean = blocksOf([base, base], [dtype, dtype], true, 16);
      expect((await all(backend.map(clean, kernel, signal)))[0].bytes).toEqual(base);
    }
    backend.dispose();
  },
);

gpuTest('a result or a step that overflows is left to the CPU', async (device) => {
  const backend = gpuBackend(device, 'test');
  const large = bytesOf([3e38, 3e38], 'F32');
  const blocks = blocksOf([large, large], ['F32', 'F32'], false, 2);
  const sum = { ...mean, coefficients: [0, 1, 1] };
  await expect(all(backend.map(blocks, sum, signal))).rejects.toThrow(NonFiniteError);
  const f16 = bytesOf([60000, 60000], 'F16');
  const halves = blocksOf([f16, f16], ['F16', 'F16'], false, 2);
  const steps = { ...sum, output: 'F16', work: 'F16' } as const;
  await expect(all(backend.map(halves, steps, signal))).rejects.toThrow(NonFiniteError);
  // In f32 steps the same sum is finite, and too large for the output only.
  const [{ saturated }] = await all(backend.map(halves, { ...steps, work: 'F32' }, signal));
  expect(saturated).toBe(2);
  backend.dispose();
});

gpuTest('an abort ends a map between blocks and a measure', async (device) => {
  const backend = gpuBackend(device, 'test');
  const controller = new AbortController();
  const mapping = async () => {
    for await (const _ of backend.map(counted(4000, 400), mean, controller.signal))
      controller.abort();
  };
  await expect(mapping()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  const measuring = backend.measure(counted(100), [dot], { work: 'F32', at }, controller.signal);
  await expect(measuring).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  backend.dispose();
});

gpuTest('an unknown method is refused by name', async (device) => {
  const backend = gpuBackend(device, 'test');
  const mapping = all(backend.map(counted(4), { ...mean, methodId: 'alchemy' }, signal));
  await expect(mapping).rejects.toThrow('There is no merge method "alchemy"');
  backend.dispose();
});

gpuTest('a device that goes away is told as such', async () => {
  const { device, kind } = await requestGpu(nodeGpu());
  expect(kind).toBe('software');
  if (!device) throw new Error('no device');
  const backend = gpuBackend(device, 'test');
  device.destroy();
  await expect(all(backend.map(counted(40), mean, signal))).rejects.toThrow(DeviceLostError);
  backend.dispose();
});
