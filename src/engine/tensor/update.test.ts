import { describe, expect, test } from 'vitest';
import type { Matrix, UpdateFormula } from '../../formats/update.ts';
import { floatDtypes } from '../../numerics/dtype.ts';
import { randomNumbers } from '../../testing/samples.ts';
import { plainGrid, UpdateFile } from '../../testing/update-planes.ts';
import { readPlane } from './planes.ts';

/** A LoRA of random numbers on a base, and its numbers in f64. */
function lora(rows: number, rank: number, columns: number, seed = 1) {
  const random = randomNumbers(seed);
  const file = new UpdateFile();
  const rough = (r: number, c: number) =>
    Array.from({ length: r }, () => Array.from({ length: c }, () => random() - 0.5));
  const left = file.matrix(rough(rows, rank), rank, 'BF16');
  const right = file.matrix(rough(rank, columns), columns, 'BF16');
  const matrix: Matrix = { kind: 'product', left, right };
  const formula: UpdateFormula = {
    kind: 'update',
    sizes: [1, rows, columns],
    matrix,
    scale: 2 / 3,
    magnitudes: null,
    base: 'BF16',
  };
  const weights = rough(rows, columns);
  const sums = (base: number) => {
    const before = file.valuesOf(base);
    return plainGrid(matrix, (input) => file.valuesOf(input)).map((row, i) =>
      row.map((value, j) => before[i * columns + j] + (2 / 3) * value),
    );
  };
  return { file, formula, weights, sums };
}

const close = (got: readonly number[], wanted: readonly number[], tolerance: number) => {
  expect(got.length).toBe(wanted.length);
  const worst = Math.max(0, ...got.map((value, i) => Math.abs(value - wanted[i])));
  expect(worst).toBeLessThan(tolerance);
};

test('a matrix of no elements has none', async () => {
  const { file, formula, weights } = lora(0, 2, 5);
  file.add(weights.flat(), 'BF16');
  expect(await file.plane(formula).values()).toEqual([]);
});

test('an update of rank 0 leaves the base', async () => {
  const { file, formula, weights } = lora(3, 0, 5);
  const base = file.add(weights.flat(), 'BF16');
  expect(await file.plane(formula).values()).toEqual(file.valuesOf(base));
});

test('each step is rounded to f32, and the result once more to its dtype', async () => {
  const file = new UpdateFile();
  const matrix: Matrix = {
    kind: 'product',
    left: file.matrix([[Math.fround(1.1)]], 1, 'F32'),
    right: file.matrix([[Math.fround(1.3)]], 1, 'F32'),
  };
  file.add([100], 'F32');
  const formula: UpdateFormula = {
    kind: 'update',
    sizes: [1, 1, 1],
    matrix,
    scale: 1 / 3,
    magnitudes: null,
    base: 'F32',
  };
  const { fround } = Math;
  const wanted = fround(100 + fround(fround(fround(1.1) * fround(1.3)) * fround(1 / 3)));
  expect(await file.plane(formula).values()).toEqual([wanted]);
  expect(await file.plane(formula, 'BF16').values()).toEqual([100.5]);
});

describe('a plane that is larger than a piece', () => {
  const [rows, rank, columns] = [512, 8, 1024];
  const { file, formula, weights } = lora(rows, rank, columns);
  file.add(weights.flat(), 'BF16');
  const budget = 2 ** 20; // pieces of 128 KiB

  test('is read once, in pieces that fit the budget', async () => {
    const { values, source, size } = file.plane(formula);
    await values(0, undefined, budget);
    expect(source.bytesRead()).toBe(size);
    const most = Math.max(...source.reads.map(({ begin, end }) => end - begin));
    expect(most).toBeLessThanOrEqual(budget / 8);
    expect(most).toBeGreaterThan(budget / 32);
  });

  test('has the same bytes in whatever pieces it is read', async () => {
    const { bytes } = file.plane(formula);
    const whole = await bytes();
    for (const small of [1, 2 ** 16, budget]) {
      const parts: Uint8Array[] = [];
      for (let first = 0, length = 12_345; first < rows * columns; first += length) {
        length = Math.min(length * 3 + 1, rows * columns - first);
        parts.push(await bytes(first, length, small));
      }
      expect(Buffer.compare(Buffer.concat(parts), whole)).toBe(0);
    }
  });

  test('gives a few elements for the bytes of their row and the right factor', async () => {
    const { values, source } = file.plane(formula);
    const [some] = await values(5 * columns + 17, 1);
    expect(some).toBe((await values())[5 * columns + 17]);
    const [left, right, base] = source.reads.map(({ begin, end }) => end - begin);
    expect([left, right, base]).toEqual([2 * rank, 2 * rank * columns, 2 * columns]);
  });
});

test('a piece reads no less than what every piece needs, however small the budget', async () => {
  const { file, formula, weights } = lora(1024, 512, 512);
  file.add(weights.flat(), 'BF16');
  const { values, source, size } = file.plane(formula);
  await values(0, undefined, 1);
  // The right factor once; rows of the left one and of the base in at most five pieces of eight chunks.
  expect(source.reads.length).toBeLessThanOrEqual(1 + 2 * 5);
  expect(source.bytesRead()).toBe(size);
});

describe('DoRA', () => {
  const [rows, rank, columns] = [37, 3, 29];

  test.each(floatDtypes)('scales rows to magnitudes of %s', async (dtype) => {
    const { file, formula, weights, sums } = lora(rows, rank, columns);
    const wanted = Array.from({ length: rows }, (_, i) => (i % 7) / 4);
    const input = file.add(wanted, dtype);
    const base = file.add(weights.flat(), 'BF16');
    const expected = sums(base).flatMap((row, i) => {
      const norm = Math.hypot(...row);
      return row.map((value) => (value * wanted[i]) / norm);
    });
    const plane = file.plane({ ...formula, magnitudes: { input, dtype, per: 'row' } });
    close(await plane.values(), expected, 2e-6);
    for (const [first, length] of [
      [30, 40],
      [28, 2],
      [500, 573],
    ] as const) {
      const whole = await plane.values();
      expect(await plane.values(first, length, 1)).toEqual(whole.slice(first, first + length));
    }
  });

  test('scales columns, whose norms take one more pass and only one', async () => {
    const { file, formula, weights, sums } = lora(rows * 20, rank, columns);
    const wanted = Array.from({ length: columns }, (_, j) => (j % 5) / 4);
    const input = file.add(wanted, 'F32');
    const base = file.add(weights.flat(), 'BF16');
    const numbers = sums(base);
    const norms = wanted.map((_, j) => Math.hypot(...numbers.map((row) => row[j])));
    const expected = numbers.flatMap((row) =>
      row.map((value, j) => (value * wanted[j]) / norms[j]),
    );
    const plane = file.plane({ ...formula, magnitudes: { input, dtype: 'F32', per: 'column' } });
    close(await plane.values(0, undefined, 2 ** 16), expected, 2e-6);
    expect(plane.source.bytesRead()).toBeLessThan(2.1 * plane.size);
    expect(plane.source.bytesRead()).toBeGreaterThan(1.9 * plane.size);
    const before = plane.source.bytesRead();
    const piece = await plane.values(100, 7);
    close(piece, expected.slice(100, 107), 2e-6);
    expect(plane.source.bytesRead() - before).toBeLessThan(columns * 40);
  });

  test('scales columns of an update that is made in other rows', async () => {
    const { file, formula, weights, sums } = lora(300, 1, 400);
    const [rows, columns] = [400, 300];
    const input = file.add(new Array(columns).fill(1), 'F32');
    const numbers = sums(file.add(weights.flat(), 'BF16')).flat();
    const squares = new Array<number>(columns).fill(0);
    for (const [i, value] of numbers.entries()) squares[i % columns] += value * value;
    const plane = file.plane({
      ...formula,
      sizes: [1, rows, columns],
      matrix: { kind: 'reshaped', of: formula.matrix, rows, columns },
      magnitudes: { input, dtype: 'F32', per: 'column' },
    });
    const expected = numbers.map((value, i) => value / Math.sqrt(squares[i % columns]));
    const got = await plane.values();
    const worst = got.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
    expect(worst).toBeLessThan(1e-6);
  });

  test('leaves the base where its magnitudes are the norms and the update is zero', async () => {
    const { file, formula, weights } = lora(4, 0, 6);
    const base = encodeExactly(weights);
    const norms = base.map((row) => Math.hypot(...row));
    const input = file.add(norms, 'F64');
    file.add(base.flat(), 'BF16');
    const plane = file.plane({ ...formula, magnitudes: { input, dtype: 'F64', per: 'row' } });
    close(await plane.values(), base.flat(), 1e-7);
  });

  test('is NaN for a row of zeros, and for no other', async () => {
    const { file, formula, weights } = lora(3, 0, 4);
    const input = file.add([1, 1, 1], 'F32');
    file.add(
      weights.flatMap((row, i) => (i === 1 ? row.map(() => 0) : row)),
      'BF16',
    );
    const plane = file.plane({ ...formula, magnitudes: { input, dtype: 'F32', per: 'row' } });
    const odd = (await plane.values()).map((value) => Number.isNaN(value));
    expect(odd).toEqual(Array.from({ length: 12 }, (_, i) => i >= 4 && i < 8));
  });

  test('needs the weight it is about', async () => {
    const { file, formula } = lora(3, 1, 4);
    const input = file.add([1, 1, 1], 'F32');
    const magnitudes = { input, dtype: 'F32', per: 'row' } as const;
    const plane = file.plane({ ...formula, base: null, magnitudes });
    await expect(plane.values()).rejects.toThrow('magnitudes of DoRA need the weight of the base');
  });
});

/** Numbers that BF16 holds. */
const encodeExactly = (grid: readonly (readonly number[])[]) =>
  grid.map((row) => row.map((value) => Math.round(value * 64) / 64));

test('an update of another shape than its weight is refused', async () => {
  const { file, formula, weights } = lora(4, 1, 6);
  file.add(weights.flat(), 'BF16');
  const plane = file.plane({ ...formula, sizes: [1, 6, 4] });
  await expect(plane.values()).rejects.toThrow('the update of a weight of 6 × 4 is 4 × 6');
});

test('an aborted read ends', async () => {
  const { file, formula, weights } = lora(4, 1, 6);
  file.add(weights.flat(), 'BF16');
  const { plane } = file.plane(formula);
  const reader = { sources: null as never, tensor: 'a', budget: 1 };
  await expect(readPlane(plane, 0, 24, reader, AbortSignal.abort())).rejects.toThrow();
});
