import { expect } from 'vitest';
import { demoLibrary, demoTask } from '../../testing/demo-library.ts';
import { gpuTest } from '../../testing/gpu.ts';
import { Evaluator } from './evaluator.ts';
import { Processors } from './processors.ts';

gpuTest('a model answers on the GPU what it answers on the CPU', async (device) => {
  const { library } = await demoLibrary(['add']);
  const never = async () => Promise.reject(new Error('nothing is merged here'));
  const found = { kind: 'hardware', adapterLabel: 'any', limits: null, reason: '' } as const;
  const processors = new Processors(async () => ({ ...found, device }));
  const evaluator = new Evaluator(library, { plan: never, acquire: never }, processors);
  const task = demoTask('add');
  const scoreOn = (backend: 'cpu' | 'webgpu') =>
    evaluator.score(
      { kind: 'model', model: 'add' },
      { ...{ task, part: 'all', most: 8, what: 'score and loss', fetches: false, backend } },
      new AbortController().signal,
      () => {},
    );
  const [cpu, gpu] = [await scoreOn('cpu'), await scoreOn('webgpu')];
  await evaluator.forget();
  if ('toFetch' in cpu || 'toFetch' in gpu) throw new Error('nothing is far away');
  expect(gpu.items.map(({ said }) => said)).toEqual(cpu.items.map(({ said }) => said));
  expect(gpu.loss).toBeCloseTo(cpu.loss!, 4);
});
