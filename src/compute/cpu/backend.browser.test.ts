import { expect, it } from 'vitest';
import { findMethod } from '../../methods/registry.ts';
import { blocksOf, bytesOf, mergeTensor } from '../../testing/merge-tensor.ts';
import { cpuBackend } from './backend.ts';
import { CHUNK } from './task.ts';

const count = 4 * CHUNK + 5;
const wave = (step: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * step));

it('merges in real workers as it does inline', async () => {
  const workers = cpuBackend({ workers: 2 });
  const merge = {
    method: findMethod('ties')!,
    models: [wave(0.1), wave(0.7), wave(1.3)],
    base: wave(0.01),
    dtype: 'BF16',
  } as const;
  const expected = await mergeTensor(cpuBackend({ workers: 0 }), merge);
  expect(expected.some((value) => value !== 0)).toBe(true);
  expect(await mergeTensor(workers, merge)).toEqual(expected);
  workers.dispose();
});

it('stops real workers within 200 ms', async () => {
  const workers = cpuBackend({ workers: 2 });
  const plane = bytesOf(new Float32Array(1 << 22), 'BF16');
  const blocks = blocksOf([plane, plane], ['BF16', 'BF16'], true, 1 << 22);
  const abort = new AbortController();
  const context = { work: 'F32', at: { tensorKey: 0, ordinals: [0] } } as const;
  const measures = [{ kind: 'magnitude', model: 0, count: 1000 }] as const;
  const measuring = workers.measure(blocks, measures, context, abort.signal);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const begun = performance.now();
  abort.abort();
  await expect(measuring).rejects.toMatchObject({ name: 'AbortError' });
  expect(performance.now() - begun).toBeLessThan(200);
  workers.dispose();
});

it('fails when a worker cannot be loaded, instead of waiting for it', async () => {
  const spawn = () => new Worker(new URL('./no-such-file.js', location.href), { type: 'module' });
  const broken = cpuBackend({ workers: 1, spawn });
  const plane = bytesOf(wave(1), 'BF16');
  const blocks = blocksOf([plane, plane], ['BF16', 'BF16'], true, count);
  const context = { work: 'F32', at: { tensorKey: 0, ordinals: [0] } } as const;
  const measures = [{ kind: 'mass', model: 0, keep: { kind: 'all' } }] as const;
  const measuring = broken.measure(blocks, measures, context, new AbortController().signal);
  await expect(measuring).rejects.toMatchObject({ tag: 'kernel-worker' });
  broken.dispose();
});
