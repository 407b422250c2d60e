import { expect } from 'vitest';
import { gpuBackend } from '../../compute/gpu/backend.ts';
import { gpuTest } from '../../testing/gpu.ts';
import { fallbackTo, mergeRun } from '../../testing/merge-run.ts';
import { bf16, type TestTensor } from '../../testing/model-file.ts';
import { run } from './run.ts';

/** Multiples of 1/8 below 4 and two experts: every sum is exact, so the bits must be equal. */
const wave = (seed: number, count: number) =>
  Array.from({ length: count }, (_, i) => ((i * seed) % 61) / 8 - 3);
const models = {
  base: { u: bf16([3001], wave(3, 3001)), v: bf16([77], wave(5, 77)) },
  a: { u: bf16([3001], wave(7, 3001)), v: bf16([77], wave(11, 77)) },
  b: { u: bf16([3001], wave(13, 3001)), v: bf16([77], wave(17, 77)) },
};
const recipe = { method: 'ties' } as const;

async function onGpu(device: GPUDevice, input: Parameters<typeof mergeRun>[0], budget = 2 ** 28) {
  const backend = gpuBackend(device, 'test');
  const { plan, options, reports } = await mergeRun(input);
  const all = options({ backend, fallback: fallbackTo(null), budget });
  try {
    await run(plan, all);
  } finally {
    backend.dispose();
  }
  return { weights: all.sink.files.get('model.safetensors'), reports };
}

async function onCpu(input: Parameters<typeof mergeRun>[0]) {
  const { plan, options } = await mergeRun(input);
  const all = options();
  await run(plan, all);
  return all.sink.files.get('model.safetensors');
}

for (const trimScope of ['tensor', 'model'] as const) {
  gpuTest(
    `a run on the GPU writes the bytes of the CPU, trimmed by ${trimScope}`,
    async (device) => {
      const input = { models, recipe: { ...recipe, trimScope } };
      const { weights, reports } = await onGpu(device, input);
      expect(reports.map(({ backend }) => backend)).toEqual(['webgpu', 'webgpu']);
      expect(weights).toEqual(await onCpu(input));
    },
  );
}

gpuTest('small blocks change nothing', async (device) => {
  const { weights } = await onGpu(device, { models, recipe }, 16_384);
  expect(weights).toEqual(await onCpu({ models, recipe }));
});

gpuTest('a tensor with NaN is done on the CPU, the other one on the GPU', async (device) => {
  const u: TestTensor = bf16([3001], [Number.NaN, ...wave(7, 3000)]);
  const input = { models: { ...models, a: { ...models.a, u } }, recipe };
  const { weights, reports } = await onGpu(device, input);
  expect(reports.map(({ tensor, backend }) => [tensor, backend])).toEqual([
    ['u', 'cpu'],
    ['v', 'webgpu'],
  ]);
  expect(reports[0].notes).toEqual(['non-finite values, done on the CPU by IEEE rules']);
  expect(weights).toEqual(await onCpu(input));
});
