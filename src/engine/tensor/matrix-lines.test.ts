import { expect, test } from 'vitest';
import type { Matrix } from '../../formats/update.ts';
import { floatDtypes } from '../../numerics/dtype.ts';
import { type Random, randomNumbers } from '../../testing/samples.ts';
import { plainGrid, UpdateFile } from '../../testing/update-planes.ts';

const anyOf = <T>(random: Random, ...from: readonly T[]): T =>
  from[Math.floor(random() * from.length)];
const count = (random: Random, most: number) => 1 + Math.floor(random() * most);

/** Whole numbers from −2 to 2: exact in every dtype, and so are sums of products of a few. */
function wholes(random: Random, rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () => Math.floor(random() * 5) - 2),
  );
}

function storedMatrix(random: Random, file: UpdateFile, rows: number, columns: number): Matrix {
  const dtype = anyOf(random, ...floatDtypes);
  return file.matrix(wholes(random, rows, columns), columns, dtype, random() < 0.4);
}

const divisors = (n: number) =>
  Array.from({ length: n }, (_, i) => i + 1).filter((divisor) => n % divisor === 0);

/** An expression of a shape, nested at most `depth` deep. */
function anyMatrix(
  random: Random,
  file: UpdateFile,
  rows: number,
  columns: number,
  depth: number,
): Matrix {
  const any = (r: number, c: number) => anyMatrix(random, file, r, c, depth - 1);
  if (depth === 0) return storedMatrix(random, file, rows, columns);
  const rank = count(random, 4);
  switch (Math.floor(random() * 9)) {
    case 0:
      return storedMatrix(random, file, rows, columns);
    case 1:
      return { kind: 'product', left: any(rows, rank), right: any(rank, columns) };
    case 2:
      return { kind: 'hadamard', left: any(rows, columns), right: any(rows, columns) };
    case 3: {
      const [r, c] = [anyOf(random, ...divisors(rows)), anyOf(random, ...divisors(columns))];
      return { kind: 'kronecker', left: any(r, c), right: any(rows / r, columns / c) };
    }
    case 4: {
      const kernel = anyOf(random, ...divisors(columns));
      const inner = count(random, 3);
      const [left, right] = [any(rows, rank), any(inner, columns / kernel)];
      return { kind: 'tucker', left, core: any(rank, inner * kernel), right, kernel };
    }
    case 5: {
      const first = Math.floor(random() * rows);
      const zeros = Math.floor(random() * (rows - first));
      return {
        kind: 'stacked',
        parts: [
          { rows: zeros, matrix: null },
          { rows: first, matrix: any(first, columns) },
          { rows: rows - first - zeros, matrix: any(rows - first - zeros, columns) },
        ],
      };
    }
    case 6: {
      const [from, more] = [Math.floor(random() * 4), Math.floor(random() * 4)];
      return { kind: 'rows', of: any(from + rows + more, columns), from, to: from + rows };
    }
    case 7: {
      const other = anyOf(random, ...divisors(rows * columns));
      return { kind: 'reshaped', of: any(other, (rows * columns) / other), rows, columns };
    }
    default:
      return { kind: 'scaled', of: any(rows, columns), by: anyOf(random, 0.5, -2, 4) };
  }
}

const SEEDS = Number(process.env.EXPRESSIONS ?? 150);

test(`${SEEDS} random expressions give the numbers of their definition, in any pieces`, async () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const random = randomNumbers(seed);
    const file = new UpdateFile();
    const [rows, columns] = [count(random, 14), count(random, 21)];
    const matrix = anyMatrix(random, file, rows, columns, seed % 4);
    const scale = anyOf(random, 1, 0.5, -4);
    const change = plainGrid(matrix, (input) => file.valuesOf(input)).flat();
    const base = random() < 0.6 ? anyOf(random, ...floatDtypes) : null;
    const weights = wholes(random, 1, rows * columns)[0];
    if (base) file.add(weights, base);
    const wanted = change.map((value, i) => value * scale + (base ? weights[i] : 0));

    const formula = { kind: 'update', sizes: [1, rows, columns], magnitudes: null } as const;
    const { values } = file.plane({ ...formula, matrix, scale, base });
    const told = { seed, matrix: JSON.stringify(matrix), base };
    const sum = (numbers: readonly number[]) => numbers.map((value) => value + 0); // −0 is 0 here
    expect({ ...told, values: sum(await values()) }).toEqual({ ...told, values: sum(wanted) });
    for (let turn = 0; turn < 4; turn++) {
      const first = Math.floor(random() * wanted.length);
      const length = count(random, wanted.length - first);
      const piece = sum(await values(first, length, 1));
      const expected = sum(wanted.slice(first, first + length));
      expect({ ...told, first, piece }).toEqual({ ...told, first, piece: expected });
    }
  }
});

test.each([
  ['product: 4 × 2 and 3 × 6 do not fit together', 'product'],
  ['hadamard: 4 × 2 and 3 × 6 do not fit together', 'hadamard'],
] as const)('what does not fit together is refused: %s', async (message, kind) => {
  const file = new UpdateFile();
  const random = randomNumbers(1);
  const left = file.matrix(wholes(random, 4, 2), 2, 'F32');
  const right = file.matrix(wholes(random, 3, 6), 6, 'F32');
  const formula = { kind: 'update', sizes: [1, 4, 6], scale: 1, magnitudes: null } as const;
  const plane = file.plane({ ...formula, matrix: { kind, left, right }, base: null });
  await expect(plane.values()).rejects.toThrow(message);
});
