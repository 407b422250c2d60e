import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { isKept, keepLimit, tensorKey } from '../../numerics/random.ts';
import { mergeTensor, type TensorMerge } from '../../testing/merge-tensor.ts';
import dareLinear from './index.ts';

const backend = definitionBackend();
const size = 4096;
const ones = new Float32Array(size).fill(1);
const base = new Float32Array(size);
const dare = (rest: Partial<TensorMerge>) =>
  mergeTensor(backend, { method: dareLinear, base, models: [ones], ...rest });
const mean = (values: Float32Array) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

test('an element is kept, divided by the density, exactly where the noise says so', async () => {
  const merged = await dare({ global: { lambda: 1, seed: 7 }, perModel: [{ density: 0.25 }] });
  const key = tensorKey('weight');
  const wanted = ones.map((_, i) => (isKept(keepLimit(0.25), 7, 0, key, 0, i) ? 4 : 0));
  expect([...merged]).toEqual([...wanted]);
  expect(mean(merged)).toBeGreaterThan(0.9);
  expect(mean(merged)).toBeLessThan(1.1);
});

test('the mask does not depend on the block size', async () => {
  const whole = await dare({ perModel: [{ density: 0.5 }] });
  const blocks = await dare({ perModel: [{ density: 0.5 }], blockSize: 1000 });
  expect([...blocks]).toEqual([...whole]);
});

test('seed, tensor name and model each give another mask', async () => {
  const perModel = [{ density: 0.5 }];
  const first = [...(await dare({ perModel, global: { seed: 1 } }))];
  expect([...(await dare({ perModel, global: { seed: 2 } }))]).not.toEqual(first);
  expect([...(await dare({ perModel, global: { seed: 1 }, tensor: 'other' }))]).not.toEqual(first);
  const second = await dare({
    models: [base, ones],
    global: { seed: 1 },
    perModel: [{ density: 0.5 }, { density: 0.5 }],
  });
  expect([...second]).not.toEqual(first);
});

test('density 1 is task arithmetic', async () => {
  const merged = await dare({ global: { lambda: 0.5 }, perModel: [{ density: 1, weight: 3 }] });
  expect([...merged]).toEqual([...ones.map(() => 1.5)]);
});

test('density 0 leaves the base', async () => {
  expect([...(await dare({ perModel: [{ density: 0 }] }))]).toEqual([...base]);
});

test('ten draws touch more elements and scatter less', async () => {
  const global = { lambda: 1, seed: 3 };
  const perModel = [{ density: 0.1 }];
  const touched = (values: Float32Array) => values.filter((value) => value !== 0).length / size;
  const once = await dare({ global: { ...global, draws: 1 }, perModel });
  const often = await dare({ global: { ...global, draws: 10 }, perModel });
  expect(touched(once)).toBeCloseTo(0.1, 1);
  expect(touched(often)).toBeCloseTo(1 - 0.9 ** 10, 1);
  expect(mean(often)).toBeCloseTo(1, 1);
});

test('matching the L1 norm restores it exactly where all values are equal', async () => {
  const merged = await dare({
    global: { lambda: 1 },
    perModel: [{ density: 0.5 }],
    arithmetic: { rescale: 'l1' },
  });
  expect(mean(merged)).toBeCloseTo(1, 5);
});
