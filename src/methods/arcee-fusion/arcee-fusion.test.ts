import { expect, test } from 'vitest';
import { cpuBackend } from '../../compute/cpu/backend.ts';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { roundTo } from '../../numerics/round.ts';
import { mergeTensor, type TensorMerge } from '../../testing/merge-tensor.ts';
import { divergenceOf } from './divergence.ts';
import method from './index.ts';

const definition = definitionBackend();
const merged = async (merge: Omit<TensorMerge, 'method'>, backend = definition) => [
  ...(await mergeTensor(backend, { method, ...merge })),
];
const zeros = (count: number) => new Array<number>(count).fill(0);

test('of one row the changes are taken that are larger than most by far', async () => {
  // Of 9 magnitudes in order the quartiles are the 3rd, 5th and 7th: 5 + 1.5 · (7 − 3) = 11.
  const run = (last: number) => {
    const change = [1, -2, 3, last, 5, -6, 7, 8, 4];
    return merged({ base: zeros(9), models: [change] });
  };
  expect(await run(10.75)).toEqual(zeros(9));
  expect(await run(-11.25)).toEqual([0, 0, 0, -11.25, 0, 0, 0, 0, 0]);
});

test('changes count by how far their row has moved', async () => {
  const base = [1, 2, 3, 4, 0.5, 0, 0, 0.5];
  // The first row's shares stay as they are, so its changes count for nothing, large as they are. Of 8 the quartiles are
  // the 2nd, 4th and 6th: 0, 0 and 1 (times what the second row has moved), and so the threshold is 1.5.
  const change = [4, 4, 4, 4, 1, -1, 2, -4];
  const models = [base.map((value, i) => value + change[i])];
  const wanted = [1, 2, 3, 4, 0.5, 0, 2, -3.5];
  for (const backend of [definition, cpuBackend()]) {
    expect(await merged({ base, models, shape: [2, 4] }, backend)).toEqual(wanted);
    for (const blockSize of [1, 3, 4]) {
      expect(await merged({ base, models, shape: [2, 1, 4], blockSize }, backend)).toEqual(wanted);
    }
  }
});

test('where three quarters of the changes count for nothing, all are taken, and it is said', async () => {
  const change = [0, 0, 0, 0, 0, 0.25, 0, 3];
  expect(await merged({ base: zeros(8), models: [change] })).toEqual(change);
  const call = { roundSum: Math.fround } as Parameters<NonNullable<typeof method.remark>>[0];
  expect(method.remark?.(call, [[1], [0, 7], [0, 7], [0, 7]])).toContain('all changes are taken');
  expect(method.remark?.(call, [[1], [0, 7], [0, 7], [2, 7]])).toBeNull();
});

test('a number alone, rows of one and no number at all', async () => {
  expect(await merged({ base: [1], models: [[3]], shape: [] })).toEqual([3]);
  expect(await merged({ base: [1, 2], models: [[3, -4]], shape: [2, 1] })).toEqual([3, -4]);
  expect(await merged({ base: [], models: [[]], shape: [0, 4] })).toEqual([]);
});

test('the divergence of ¾ and ¼ from two halves', () => {
  const row = Float32Array.of(Math.log(3), 0);
  const half = Float32Array.of(5, 5);
  const exact = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
  expect(divergenceOf(row, half, Math.fround)).toBeCloseTo(exact, 7);
  // 0.75 · 0.40625 − 0.25 · 0.69140625: logarithms as BF16 has them.
  expect(divergenceOf(row, half, roundTo('BF16'))).toBe(135 / 1024);
  expect(divergenceOf(half, half, Math.fround)).toBe(0);
  expect(divergenceOf(Float32Array.of(Number.NaN, 0), half, Math.fround)).toBeNaN();
});

test('a row that is moved by very little is told from noise', () => {
  const base = Float32Array.from({ length: 512 }, (_, i) => Math.sin(i));
  const moved = base.map((value, i) => value + 1e-4 * Math.cos(7 * i));
  // Half the variance of the changes, weighed by the shares.
  const weights = base.map(Math.exp);
  const total = weights.reduce((sum, each) => sum + each, 0);
  const mean = (of: (i: number) => number) =>
    weights.reduce((sum, each, i) => sum + (each / total) * of(i), 0);
  const change = (i: number) => moved[i] - base[i];
  const variance = mean((i) => change(i) ** 2) - mean(change) ** 2;
  expect(divergenceOf(moved, base, Math.fround) / (variance / 2)).toBeCloseTo(1, 3);
});

test('where rounding makes what a row counts negative, every backend takes the same', async () => {
  const base = Array.from({ length: 288 }, (_, i) => Math.sin(3 * i));
  const model = base.map((value, i) => value + 0.01 * Math.cos(5 * i));
  const merge: Omit<TensorMerge, 'method'> = {
    ...{ base, models: [model], shape: [12, 24] },
    ...{ dialect: 'mergekit', dtype: 'BF16' },
  };
  const wanted = await merged(merge);
  const round = roundTo('BF16');
  const row = (of: readonly number[], r: number) =>
    Float32Array.from(of.slice(24 * r, 24 * r + 24), round);
  const rows = Array.from({ length: 12 }, (_, r) =>
    divergenceOf(row(model, r), row(base, r), round),
  );
  const importance = model.map((value, i) => {
    const tau = round(round(value) - round(base[i]));
    return round(Math.abs(tau) * rows[Math.floor(i / 24)]);
  });
  const sorted = importance.toSorted((a, b) => a - b);
  // 71.75, 143.5 and 215.25 of 287.
  const [first, median, third] = [sorted[71], sorted[143], sorted[215]];
  const threshold = round(median + round(1.5 * round(third - first)));
  expect(first).toBeLessThan(0);
  const taken = importance.map((each) => each >= threshold);
  expect(wanted.map((value, i) => value !== round(base[i]))).toEqual(
    taken.map((is, i) => is && round(model[i]) !== round(base[i])),
  );
  expect(taken.filter(Boolean).length).toBeGreaterThan(5);
  expect(await merged({ ...merge, blockSize: 7 }, cpuBackend())).toEqual(wanted);
  expect(await merged(merge, cpuBackend())).toEqual(wanted);
});

test('where a row with NaN leaves no quartile a number, nothing is taken', async () => {
  const change = [1, -2, 3, 50, 5, -6, 7, 8, 4];
  const models = [[...change, Number.NaN, ...zeros(8)]];
  const wanted = [...zeros(9), Number.NaN, ...zeros(8)];
  for (const backend of [definition, cpuBackend()]) {
    expect(await merged({ base: zeros(18), models, shape: [2, 9] }, backend)).toEqual(wanted);
  }
});

test('a short row with NaN counts as more than all others, and only its number is NaN', async () => {
  const change = [...Array.from({ length: 7 }, (_, i) => i + 1), 90];
  const eight = (row: readonly number[]) => Array.from({ length: 8 }, () => row).flat();
  const models = [[...eight(change), Number.NaN, ...zeros(7)]];
  for (const backend of [definition, cpuBackend()]) {
    const result = await merged({ base: zeros(72), models, shape: [9, 8] }, backend);
    // Of 72 the quartiles are 3, 5 and 7, as those of all numbers are: every row but the last has them eight times.
    const row = [...zeros(7), 90];
    expect(result).toEqual([...eight(row), Number.NaN, ...zeros(7)]);
  }
});
