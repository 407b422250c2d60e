import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { mergeTensor } from '../../testing/merge-tensor.ts';
import nuslerp from './index.ts';

const backend = definitionBackend();
/** As 2 × 2: the first row turns by a right angle, the second only grows; the columns are parallel. */
const models = [
  [1, 0, 2, 2],
  [0, 1, 4, 4],
];
const half = Math.SQRT1_2;
const close = (merged: Float32Array, wanted: readonly number[]) =>
  merged.forEach((value, i) => {
    expect(value, `element ${i}`).toBeCloseTo(wanted[i], 6);
  });

test('each row is turned by itself', async () => {
  const global = { nuslerp_flatten: false };
  const merged = await mergeTensor(backend, { method: nuslerp, models, shape: [2, 2], global });
  // Halfway on a quarter of a circle; and halfway on a straight line.
  close(merged, [half, half, 3, 3]);
});

test('“row-wise” is mergekit’s word for columns', async () => {
  const global = { nuslerp_flatten: false, nuslerp_row_wise: true };
  const merged = await mergeTensor(backend, { method: nuslerp, models, shape: [2, 2], global });
  // Each gets sin(θ/2) / sin θ = 1 / (2 cos(θ/2)) of both.
  const share = (cosine: number) => 1 / (2 * Math.cos(Math.acos(cosine) / 2));
  // (1, 2) and (0, 4); (0, 2) and (1, 4).
  const [left, right] = [share(8 / (Math.sqrt(5) * 4)), share(8 / (2 * Math.sqrt(17)))];
  close(merged, [left, right, 6 * left, 6 * right]);
});

test('around a base the task vectors of each row are turned', async () => {
  const base = [1, 1, -1, 5];
  const merged = await mergeTensor(backend, {
    method: nuslerp,
    models: models.map((model) => model.map((value, i) => value + base[i])),
    base,
    shape: [2, 2],
    global: { nuslerp_flatten: false, of: 'taskVectors' },
  });
  close(merged, [1 + half, 1 + half, 2, 8]);
});

test('rows that are cut by blocks are the same rows', async () => {
  const random = Array.from({ length: 2 }, (_, k) =>
    Array.from({ length: 21 }, (_, i) => Math.sin(3 * i + 5 * k)),
  );
  for (const rowWise of [false, true]) {
    const global = { nuslerp_flatten: false, nuslerp_row_wise: rowWise };
    const merge = { method: nuslerp, models: random, shape: [3, 7], global };
    const whole = await mergeTensor(backend, merge);
    expect([...(await mergeTensor(backend, { ...merge, blockSize: 4 }))]).toEqual([...whole]);
    const rows = [0, 1, 2].map((row) => random.map((x) => x.slice(7 * row, 7 * row + 7)));
    const alone = await Promise.all(
      rows.map((models) => mergeTensor(backend, { method: nuslerp, models })),
    );
    const apart = alone.flatMap((row) => [...row]);
    if (rowWise) expect([...whole]).not.toEqual(apart);
    else close(whole, apart);
  }
});
