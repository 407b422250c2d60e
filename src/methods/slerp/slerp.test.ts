import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { mergeTensor, type TensorMerge } from '../../testing/merge-tensor.ts';
import slerp from './index.ts';

const backend = definitionBackend();
const blend = (models: readonly number[][], t: number, rest: Partial<TensorMerge> = {}) =>
  mergeTensor(backend, { method: slerp, models, ...rest, global: { t, ...rest.global } });

test('halfway between two unit vectors at a right angle lies on the unit circle', async () => {
  const [x, y] = await blend(
    [
      [1, 0],
      [0, 1],
    ],
    0.5,
  );
  expect(x).toBeCloseTo(Math.SQRT1_2, 6);
  expect(y).toBeCloseTo(Math.SQRT1_2, 6);
});

const branches: Readonly<Record<string, readonly number[][]>> = {
  'an arc': [
    [1, 2, 3],
    [-2, 0.5, 4],
  ],
  'parallel tensors': [
    [1, 2, 3],
    [2, 4, 6],
  ],
  'opposite tensors': [
    [1, 2, 3],
    [-1, -2, -3],
  ],
  'a tensor of zeros': [
    [0, 0, 0],
    [1, 2, 3],
  ],
};
for (const [name, models] of Object.entries(branches)) {
  test(`t = 0 is the first and t = 1 the second model: ${name}`, async () => {
    expect([...(await blend(models, 0))]).toEqual(models[0]);
    const last = await blend(models, 1);
    last.forEach((value, i) => {
      expect(value).toBeCloseTo(models[1][i], 6);
    });
  });
}

test('parallel tensors are blended along the line between them', async () => {
  const merged = await blend(
    [
      [1, 2],
      [3, 6],
    ],
    0.25,
  );
  expect([...merged]).toEqual([1.5, 3]);
});

test('a tensor of zeros is blended linearly, or as at a right angle in the mergekit dialect', async () => {
  const models = [[0], [1]];
  expect([...(await blend(models, 0.5))]).toEqual([0.5]);
  const [value] = await blend(models, 0.5, { dialect: 'mergekit' });
  expect(value).toBeCloseTo(Math.SQRT1_2, 6);
});

test('task vectors are turned around the base', async () => {
  const merged = await blend(
    [
      [2, 1],
      [1, 2],
    ],
    0.5,
    { base: [1, 1], global: { of: 'taskVectors' } },
  );
  expect(merged[0]).toBeCloseTo(1 + Math.SQRT1_2, 6);
  expect(merged[1]).toBeCloseTo(1 + Math.SQRT1_2, 6);
});

test('it says where it is really LERP', () => {
  const call = {
    global: { t: 0.5, of: 'weights' },
    perModel: [{}, {}],
    arithmetic: { zeroNorm: 'lerp' },
  } as unknown as Parameters<NonNullable<typeof slerp.remark>>[0];
  expect(slerp.remark?.(call, [[0.9999], [1], [1]])).toBe('SLERP is LERP here: the angle is 0.81°');
  expect(slerp.remark?.(call, [[0.5], [1], [1]])).toBeNull();
});
