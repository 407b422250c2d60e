import { expect } from 'vitest';
import { gpuBackend } from '../../../compute/gpu/backend.ts';
import { baked, lora, q } from '../../../testing/baked.ts';
import { gpuTest } from '../../../testing/gpu.ts';
import { tensor } from '../../../testing/model-file.ts';
import { randomNumbers } from '../../../testing/samples.ts';

const random = randomNumbers(11);
const rough = (shape: readonly number[], size: number) =>
  tensor(
    'BF16',
    shape,
    Array.from({ length: shape[0] * shape[1] }, () => size * (random() - 0.5)),
  );

for (const [method, values] of [
  ['task_arithmetic', {}],
  ['ties', { density: 0.5 }],
  ['dare_linear', { density: 0.5 }],
] as const) {
  gpuTest(`what a GPU makes of adapters by ${method} is proven`, async (device) => {
    const backend = gpuBackend(device, 'GPU');
    const adapters = [4, 2].map((rank) =>
      lora({ [q(0)]: [rough([63, rank], 0.2), rough([rank, 41], 0.2)] }),
    );
    const base = { [`${q(0)}.weight`]: rough([63, 41], 1) };
    const { result } = await baked(base, adapters, { method }, values, backend);
    backend.dispose();
    expect(result.tensors[0].backend).toBe('webgpu');
    expect(result.verify.problems).toEqual([]);
    expect(result.verify.proof).toMatchObject({ tensors: 1, elements: 128, difference: null });
  });
}
