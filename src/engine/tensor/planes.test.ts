import { describe, expect, test } from 'vitest';
import type { Dtype } from '../../numerics/dtype.ts';
import { bf16, f32, type TestTensor } from '../../testing/model-file.ts';
import { openCodes } from '../../testing/read-values.ts';
import { readPlane } from './planes.ts';

/** Bytes without a pattern; the same each time. */
function noise(dtype: Dtype, shape: readonly number[], length: number, most = 256): TestTensor {
  let state = 12345 + length;
  const bytes = Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 16) % most;
  });
  return { dtype, shape, bytes };
}
const scales = (count: number) => Array.from({ length: count }, (_, i) => (i + 1) / 64);

const models = {
  'FP8 in blocks': openCodes({
    'a.weight': noise('F8_E4M3', [300, 260], 300 * 260),
    'a.weight_scale_inv': f32([3, 3], scales(9)),
  }),
  'FP8 of experts with one scale each': openCodes({
    'a.weight': noise('F8_E5M2', [5, 90, 70], 5 * 90 * 70, 0x7c),
    'a.weight_scale': f32([5, 1, 1], scales(5)),
  }),
  'FP8 with a scale for each column': openCodes({
    'a.weight': noise('F8_E4M3', [7, 50, 90], 7 * 50 * 90),
    'a.weight_scale': f32([1, 1, 90], scales(90)),
  }),
  'five bits': openCodes({
    'a.weight': noise('U32', [100, 40], 100 * 40 * 4),
    'a.scales': bf16([100, 2], scales(200)),
    'a.biases': bf16([100, 2], scales(200).reverse()),
  }),
  'MXFP4, turned': openCodes({
    'a.weight_blocks': noise('U8', [3, 50, 4, 16], 3 * 50 * 4 * 16),
    'a.weight_scales': noise('U8', [3, 50, 4], 3 * 50 * 4, 200),
  }),
};

describe.each(Object.entries(models))('%s', (_, model) => {
  const [name] = model.tensors.keys();
  const total = model.tensors.get(name)!.shape.reduce((a, b) => a * b);

  test.each([1, 77, 1000, 16_384])('pieces of %i elements are the whole', async (length) => {
    const whole = await model.bytesOf(name);
    const size = whole.length / total;
    const starts = [0, 1, 63, Math.floor(total / 3), total - length].filter(
      (at) => at + length <= total,
    );
    for (const first of starts) {
      const piece = await model.bytesOf(name, first, length, 8192);
      expect([...piece]).toEqual([...whole.subarray(first * size, (first + length) * size)]);
    }
  });

  test('put together from pieces of every size', async () => {
    const whole = await model.bytesOf(name);
    const parts: number[] = [];
    for (let first = 0, length = 3; first < total; first += length, length = length * 2 + 1) {
      const count = Math.min(length, total - first);
      for (const byte of await model.bytesOf(name, first, count, 4096)) parts.push(byte);
    }
    expect(parts.length).toBe(whole.length);
    expect(parts.every((byte, i) => byte === whole[i])).toBe(true);
  });
});

test('a small budget is kept: codes come in pieces, each once', async () => {
  const rows = 400;
  const model = openCodes({
    'a.weight': noise('F8_E4M3', [rows, 1000], rows * 1000),
    'a.weight_scale': f32([rows, 1], scales(rows)),
  });
  await model.bytesOf('a.weight', 0, undefined, 4 * 32_768);
  const sizes = model.source.reads.map(({ begin, end }) => end - begin);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(32_768);
  expect(model.source.bytesRead()).toBeGreaterThanOrEqual(rows * 1004);
  expect(model.source.bytesRead()).toBeLessThan(rows * 1004 + 400);
});

test('a few elements need a few bytes', async () => {
  const model = openCodes({
    'a.weight': noise('U32', [100, 40], 100 * 40 * 4),
    'a.scales': bf16([100, 2], scales(200)),
    'a.biases': bf16([100, 2], scales(200)),
  });
  await model.bytesOf('a.weight', 1000, 8);
  expect(model.source.reads.map(({ begin, end }) => end - begin)).toEqual([5, 2, 2]);
});

test('an aborted read ends', async () => {
  const { plane } = models['FP8 in blocks'];
  const reader = { sources: null as never, tensor: 'a', budget: 1 };
  await expect(readPlane(plane('a.weight'), 0, 10, reader, AbortSignal.abort())).rejects.toThrow();
});
