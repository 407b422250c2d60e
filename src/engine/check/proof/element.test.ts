import { expect, test } from 'vitest';
import type { Magnitudes, Matrix } from '../../../formats/update.ts';
import { randomNumbers } from '../../../testing/samples.ts';
import { UpdateFile } from '../../../testing/update-planes.ts';
import { shapeOf } from '../../tensor/matrix-needs.ts';
import { updatedElement } from './element.ts';

const random = randomNumbers(3);
const rough = (rows: number, columns: number) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => random() - 0.5));

type Kind = (of: (rows: number, columns: number, turned?: boolean) => Matrix) => Matrix;
const product = (left: Matrix, right: Matrix): Matrix => ({ kind: 'product', left, right });
const kinds: readonly (readonly [string, Kind])[] = [
  ['a LoRA', (of) => product(of(12, 3), of(3, 10))],
  ['one whose factors lie transposed', (of) => product(of(12, 3, true), of(3, 10, true))],
  ['of rank 0', (of) => product(of(12, 0), of(0, 10))],
  ['a whole difference', (of) => of(12, 10)],
  [
    'a LoHa',
    (of) => ({
      kind: 'hadamard',
      left: product(of(12, 2), of(2, 10)),
      right: product(of(12, 2), of(2, 10)),
    }),
  ],
  ['a LoKr', (of) => ({ kind: 'kronecker', left: of(3, 2), right: product(of(4, 2), of(2, 5)) })],
  [
    'a Tucker core',
    (of) => ({ kind: 'tucker', left: of(12, 3), core: of(3, 2 * 5), right: of(2, 2), kernel: 5 }),
  ],
  [
    'parts one below the other, each with a scale, and zeros',
    (of) => ({
      kind: 'stacked',
      parts: [
        { rows: 4, matrix: { kind: 'scaled', of: product(of(4, 2), of(2, 10)), by: 1 / 3 } },
        { rows: 3, matrix: null },
        { rows: 5, matrix: { kind: 'rows', of: of(9, 10), from: 2, to: 7 } },
      ],
    }),
  ],
  [
    'other rows and columns',
    (of) => ({ kind: 'reshaped', of: product(of(8, 2), of(2, 15)), rows: 12, columns: 10 }),
  ],
  [
    'a scale in a scale',
    (of) => ({ kind: 'scaled', of: { kind: 'scaled', of: of(12, 10), by: 1 / 7 }, by: 1 / 3 }),
  ],
];
const magnitudes = [null, 'row', 'column'] as const;

test.each(kinds.flatMap(([name, kind]) => magnitudes.map((per) => [name, per, kind] as const)))(
  '%s, magnitudes by %s: each element has the bits that the planes have',
  async (_, per, kind) => {
    const file = new UpdateFile();
    const matrix = kind((rows, columns, turned) =>
      file.matrix(rough(rows, columns), columns, 'BF16', turned),
    );
    const { rows, columns } = shapeOf(matrix);
    expect([rows, columns]).toEqual([12, 10]);
    let wanted: Magnitudes | null = null;
    if (per !== null) {
      const input = file.add(rough(1, per === 'row' ? rows : columns).flat(), 'F32');
      wanted = { input, dtype: 'F32', per };
    }
    const base = file.add(rough(rows, columns).flat(), 'BF16');
    const formula = {
      ...({ kind: 'update', sizes: [1, rows, columns], matrix, scale: 2 / 3 } as const),
      ...({ magnitudes: wanted, base: 'BF16' } as const),
    };
    const stored = (input: number, index: number) => file.valuesOf(input)[index];
    const norms = new Map<number, number>();
    const elements = Array.from({ length: rows * columns }, (_, index) =>
      updatedElement(formula, base, index, stored, norms),
    );
    expect(elements).toEqual(await file.plane(formula).values());
  },
);
