import { expect, test } from 'vitest';
import { ROW_MEAN, ROW_ZEROS, type RowMap, type RowOf } from '../../formats/rows.ts';
import type { FloatDtype } from '../../numerics/dtype.ts';
import { isComputedPlane } from '../../plan/planes.ts';
import type { ComputedPlane } from '../../plan/types.ts';
import { decode } from '../../testing/encode.ts';
import { bf16, f32, tensor } from '../../testing/model-file.ts';
import { openCodes } from '../../testing/read-values.ts';
import { readPlane } from './planes.ts';

type Opened = ReturnType<typeof openCodes>;

const mapOf = (rows: readonly number[], others: RowMap['others'] = []): RowMap => {
  return { rows: Int32Array.from(rows), others, key: '' };
};

/** Rows of these tensors, the first of which the map names by itself. */
function rowsOf(
  model: Opened,
  names: readonly string[],
  map: RowMap,
  columns: number,
  { dtype = 'F32', steps = 'F32' }: { dtype?: FloatDtype; steps?: 'F32' | 'BF16' } = {},
): ComputedPlane {
  const planes = names.map((name) => model.plane(name));
  const sources = planes.map((plane) =>
    isComputedPlane(plane)
      ? {
          dtype: plane.dtype,
          formula: plane.formula as never,
          inputs: plane.inputs.length,
        }
      : { dtype: plane.dtype, formula: null, inputs: 1 },
  );
  const sizes = [1, map.rows.length, columns] as const;
  return {
    ...{ dtype, from: 0, to: map.rows.length * columns },
    formula: { kind: 'rows', sizes, sources, map, steps },
    inputs: planes.flatMap((plane) => (isComputedPlane(plane) ? plane.inputs : [plane])),
  };
}

async function valuesOf(
  model: Opened,
  plane: ComputedPlane,
  [first, count]: readonly [number, number] = [0, plane.to],
  budget = 2 ** 30,
) {
  const sources = { weights: () => model.source, companion: () => model.source };
  const reader = { sources, tensor: 'embed', budget };
  const bytes = await readPlane(plane, first, count, reader, new AbortController().signal);
  return decode(bytes, plane.dtype);
}

const two = () =>
  openCodes({
    a: f32([3, 2], [1, 2, 3, 4, 5, 6]),
    b: f32([2, 2], [10, 20, 30, 40]),
  });

test('rows come in another order, from another tensor, or are zeros', async () => {
  const model = two();
  const map = mapOf([2, 0, ROW_ZEROS, -3], [[{ source: 1, row: 1 }]]);
  const plane = rowsOf(model, ['a', 'b'], map, 2);
  expect(await valuesOf(model, plane)).toEqual([5, 6, 1, 2, 0, 0, 30, 40]);
});

test('a row is the mean of several, and padding that of all rows that are none', async () => {
  const model = two();
  const others: RowOf[][] = [
    [
      { source: 0, row: 0 },
      { source: 1, row: 1 },
    ],
  ];
  const plane = rowsOf(model, ['a', 'b'], mapOf([1, ROW_MEAN, -3, ROW_MEAN], others), 2);
  // (1 + 30) / 2 and (2 + 40) / 2; then (3 + 15.5) / 2 and (4 + 21) / 2.
  expect(await valuesOf(model, plane)).toEqual([3, 4, 9.25, 12.5, 15.5, 21, 9.25, 12.5]);
});

test('each step of a mean is rounded as a tensor library rounds it', async () => {
  const model = openCodes({ a: bf16([1, 1], [256]), b: bf16([1, 1], [1.0078125]) });
  const others: RowOf[][] = [
    [
      { source: 0, row: 0 },
      { source: 1, row: 0 },
      { source: 1, row: 0 },
    ],
  ];
  const plane = rowsOf(model, ['a', 'b'], mapOf([-3], others), 1, { dtype: 'BF16', steps: 'BF16' });
  // 256 + 1.0078125 is 258 in bf16, since 257.0078… is beyond the middle; then 259.0078… is 260; 86.66… is 86.5.
  expect(await valuesOf(model, plane)).toEqual([86.5]);
});

test('rows of codes are their values', async () => {
  const model = openCodes({
    'a.weight': tensor('F8_E4M3', [2, 2], [1, -1.5, 448, 2]),
    'a.weight_scale': f32([1], [0.5]),
    b: bf16([1, 2], [7, 8]),
  });
  const plane = rowsOf(model, ['b', 'a.weight'], mapOf([-3, 0], [[{ source: 1, row: 1 }]]), 2);
  expect(await valuesOf(model, plane)).toEqual([224, 1, 7, 8]);
});

test('any run of elements, with any memory, is what plain loops give', async () => {
  const [columns, most] = [5, 600];
  const value = (tensor: number, row: number, column: number) => tensor * 4096 + row * 5 + column;
  const whole = (tensor: number) =>
    f32(
      [most, columns],
      Array.from({ length: most * columns }, (_, i) =>
        value(tensor, Math.floor(i / columns), i % columns),
      ),
    );
  const model = openCodes({ a: whole(0), b: whole(1) });
  const mixed = (i: number) => (i * 7919) % most;
  const rows = Array.from({ length: 700 }, (_, i) => {
    if (i < 300) return i; // as they lie
    return i % 3 === 0 ? -3 - (i % 50) : mixed(i);
  });
  const others = Array.from({ length: 50 }, (_, i) => [{ source: 1, row: mixed(i) }]);
  const plane = rowsOf(model, ['a', 'b'], mapOf(rows, others), columns);
  const expected = rows.flatMap((row) =>
    Array.from({ length: columns }, (_, j) =>
      row >= 0 ? value(0, row, j) : value(1, others[-3 - row][0].row, j),
    ),
  );
  for (const [first, count] of [
    [0, 3500],
    [3, 4],
    [1498, 1000],
    [3499, 1],
  ] as const) {
    const found = await valuesOf(model, plane, [first, count], 1);
    expect(found).toEqual(expected.slice(first, first + count));
  }
});

test('rows that lie apart are read without what is between them', async () => {
  const [rows, columns] = [4000, 64];
  const model = openCodes({ a: f32([rows, columns], [1]) });
  const plane = rowsOf(model, ['a'], mapOf([0, 3999, 1, 3998]), columns);
  await valuesOf(model, plane);
  expect(model.source.bytesRead()).toBe(4 * columns * 4);
});
