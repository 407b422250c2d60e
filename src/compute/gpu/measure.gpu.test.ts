import { expect } from 'vitest';
import { pack } from '../../methods/coefficients.ts';
import type { Measure } from '../../methods/method.ts';
import { findMethod } from '../../methods/registry.ts';
import { type FloatDtype, floatDtypes } from '../../numerics/dtype.ts';
import { gpuTest } from '../../testing/gpu.ts';
import { blocksOf, bytesOf } from '../../testing/merge-tensor.ts';
import { randomNumbers, sampleWeights } from '../../testing/samples.ts';
import type { Blocks, Work } from '../backend.ts';
import { definitionBackend } from '../cpu/definition.ts';
import { gpuBackend } from './backend.ts';

const signal = new AbortController().signal;
const at = { tensorKey: 0xdeadbeef, ordinals: [4, 1] };
const method = findMethod('ramplus_tl')!;
const deriving = {
  methodId: method.id,
  coefficients: pack(method, { epsilon: 0.5, gain: [1, 1] }, 2),
};

function twoModelsAndBase(count: number, dtype: FloatDtype, blockSize = count): Blocks {
  const random = randomNumbers(count);
  const planes = [0, 1, 2].map(() => bytesOf(sampleWeights(random, count, 'random'), dtype));
  return blocksOf(planes, [dtype, dtype, dtype], true, count, Math.max(blockSize, 1));
}

const sums: readonly Measure[] = [
  { kind: 'dot', of: 'weights', a: 0, b: 1 },
  { kind: 'dot', of: 'weights', a: 1, b: 1 },
  { kind: 'dot', of: 'taskVectors', a: 0, b: 1 },
  { kind: 'dot', of: 'taskVectors', a: 0, b: 0 },
  { kind: 'mass', model: 1, keep: { kind: 'all' } },
  { kind: 'mass', model: 0, keep: { kind: 'largest', magnitude: 0.5, lastIndex: 700 } },
  { kind: 'mass', model: 1, keep: { kind: 'drawn', density: 0.3, seed: 7, draws: 1 } },
  { kind: 'mass', model: 1, keep: { kind: 'drawn', density: 0.5, seed: 4e9, draws: 3 } },
  { kind: 'sum', of: 'changed', model: 1 },
  { kind: 'sum', of: 'alone', model: 0 },
];

async function compareSums(device: GPUDevice, blocks: Blocks, work: Work): Promise<void> {
  const gpu = gpuBackend(device, 'test', { pieceLimit: 1 << 18, gridWidth: 2 });
  const got = await gpu.measure(blocks, sums, { work, at, deriving }, signal);
  const wanted = await definitionBackend().measure(blocks, sums, { work, at, deriving }, signal);
  sums.forEach((measure, i) => {
    // Each term is at most 9, and 128 of them are added in f32.
    const allowed = blocks.elementCount * 9 * 128 * 2 ** -24 + 1e-12;
    expect(Math.abs(got[i][0] - wanted[i][0]), JSON.stringify(measure)).toBeLessThan(allowed);
  });
  gpu.dispose();
}

for (const dtype of floatDtypes) {
  gpuTest(`sums over ${dtype} agree with the CPU`, async (device) => {
    for (const count of [0, 1, 7, 8, 1000, 8192, 8193, 33_000]) {
      await compareSums(device, twoModelsAndBase(count, dtype), 'F32');
    }
  });
}

gpuTest(
  'sums do not depend on where the blocks are cut, and round steps when told to',
  async (device) => {
    await compareSums(device, twoModelsAndBase(20_001, 'BF16', 3333), 'F32');
    await compareSums(device, twoModelsAndBase(20_001, 'BF16', 777), 'BF16');
    await compareSums(device, twoModelsAndBase(20_001, 'F16', 20_001), 'F16');
  },
);

/** Magnitudes at ranks, for both models, from a large sample and from one that is often wrong. */
async function compareRanks(device: GPUDevice, blocks: Blocks, work: Work = 'F32'): Promise<void> {
  const n = blocks.elementCount;
  const cpu = definitionBackend();
  for (const sampleSize of [1 << 16, 16]) {
    const gpu = gpuBackend(device, 'test', { sampleSize, pieceLimit: 1 << 18, gridWidth: 2 });
    for (const share of [0, 1e-4, 0.01, 0.2, 0.5, 0.9, 0.999, 1]) {
      const count = Math.round(share * n);
      const measures = [0, 1].map((model) => ({ kind: 'magnitude', model, count }) as const);
      const got = await gpu.measure(blocks, measures, { work, at }, signal);
      const wanted = await cpu.measure(blocks, measures, { work, at }, signal);
      expect(got, `${count} of ${n}`).toEqual(wanted);
    }
    gpu.dispose();
  }
}

for (const dtype of floatDtypes) {
  gpuTest(`the magnitude at any rank of ${dtype} is exact, lowest index first`, async (device) => {
    for (const count of [1, 9, 1000, 20_011]) {
      await compareRanks(device, twoModelsAndBase(count, dtype));
    }
  });
}

gpuTest('ranks do not depend on where the blocks are cut', async (device) => {
  await compareRanks(device, twoModelsAndBase(20_011, 'BF16', 4999));
  await compareRanks(device, twoModelsAndBase(5003, 'F32', 77), 'F32');
  await compareRanks(device, twoModelsAndBase(20_011, 'F16', 8000), 'F16');
});

gpuTest('of values that are all equal the first ones are kept', async (device) => {
  const gpu = gpuBackend(device, 'test', { sampleSize: 64 });
  const planes = [new Float32Array(30_000).fill(1.5), new Float32Array(30_000).fill(1)];
  const bytes = planes.map((plane) => bytesOf(plane, 'BF16'));
  const blocks = blocksOf(bytes, ['BF16', 'BF16'], true, 30_000);
  const measures = [1, 8192, 8193, 29_999].map(
    (count) => ({ kind: 'magnitude', model: 0, count }) as const,
  );
  const found = await gpu.measure(blocks, measures, { work: 'F32', at }, signal);
  expect(found).toEqual([
    [0.5, 0],
    [0.5, 8191],
    [0.5, 8192],
    [0.5, 29_998],
  ]);
  gpu.dispose();
});

gpuTest('more equal values than one sample can tell from their neighbours', async (device) => {
  const random = randomNumbers(5);
  const values = Float32Array.from(
    { length: 50_000 },
    () => 1 + Math.floor(random() * 3) * 2 ** -23,
  );
  const planes = [values, new Float32Array(50_000)].map((plane) => bytesOf(plane, 'F32'));
  await compareRanks(
    device,
    blocksOf([planes[0], planes[0], planes[1]], ['F32', 'F32', 'F32'], true, 50_000),
  );
});
