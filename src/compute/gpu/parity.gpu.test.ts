import { expect } from 'vitest';
import { dialects } from '../../methods/dialect.ts';
import { methods } from '../../methods/registry.ts';
import { gpuTest } from '../../testing/gpu.ts';
import { mergeTensor } from '../../testing/merge-tensor.ts';
import { cpuBackend } from '../cpu/backend.ts';
import { gpuBackend } from './backend.ts';

let s = 1;
const rnd = () => {
  s = (Math.imul(s, 1664525) + 1013904223) | 0;
  return (s >>> 8) / 2 ** 24 - 0.5;
};
for (const method of methods)
  for (const dialect of dialects)
    for (const dtype of ['F32', 'BF16', 'F16'] as const)
      gpuTest(`${method.id} ${dialect} ${dtype}`, async (device) => {
        const gpu = gpuBackend(device, 'test', { sampleSize: 64 });
        const cpu = cpuBackend({ workers: 0 });
        for (const n of [0, 1, 7, 8, 9, 65, 1000, 20001]) {
          const vec = () => Array.from({ length: n }, rnd);
          const models = method.id === 'slerp' ? [vec(), vec()] : [vec(), vec(), vec()];
          const merge = {
            method,
            models,
            base: method.arity.base === 'required' ? vec() : null,
            dialect,
            dtype,
            arithmetic: { smallTrim: 'keep one' },
          } as const;
          const a = await mergeTensor(gpu, merge);
          const b = await mergeTensor(cpu, merge);
          let worst = 0,
            count = 0;
          for (let i = 0; i < n; i++) {
            const d = Math.abs(a[i] - b[i]);
            if (d > worst) worst = d;
            if (d > 0) count++;
          }
          if (worst > 0) console.log(method.id, dialect, dtype, n, 'worst', worst, 'count', count);
          expect(worst).toBeLessThan(1e-2);
        }
        gpu.dispose();
      });
