/**
 * How fast one core makes the planes of an adapter, F32 from factors and base in memory, beside a plain BF16
 * plane that is read and decoded. By the processor time of this process.
 */
import { readPlane } from '../src/engine/tensor/planes.ts';
import type { Matrix, UpdateFormula } from '../src/formats/update.ts';
import type { Source } from '../src/io/source.ts';
import { decode } from '../src/numerics/decode.ts';
import type { PlaneRef } from '../src/plan/types.ts';
import { numberFlag, type Row, rounded, type Surroundings, type Table } from './part.ts';

const shapes = [
  [4096, 4096],
  [2048, 8192],
] as const;

export async function measure(surroundings: Surroundings): Promise<readonly Table[]> {
  const repeats = numberFlag(surroundings, 'repeats', 5);
  const rows: Row[] = [];
  for (const [height, width] of shapes) {
    rows.push(await measureCase(plain(height, width), repeats));
    for (const rank of [16, 64]) {
      const factors = product(height, width, rank);
      rows.push(await measureCase(update(factors, height, width, false), repeats));
      rows.push(await measureCase(update(factors, height, width, true), repeats));
      rows.push(await measureCase(dora(height, width, rank), repeats));
    }
  }
  const title = 'Planes on one core, millions of elements per second of processor time';
  const remarks = [`Fastest and median of ${repeats}. Base and factors are BF16, planes F32.`];
  return [{ title, rows, remarks }];
}

type Case = {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly plane: PlaneRef;
  /** Bytes of the file. */
  readonly size: number;
};

/** As a merge reads it: raw bytes, decoded when they are needed. */
function plain(height: number, width: number): Case {
  const size = 2 * height * width;
  const plane = { model: 'm', file: 0, begin: 0, end: size, dtype: 'BF16' } as const;
  return { name: 'stored BF16, decoded', shape: [height, width], plane, size };
}

function stored(input: number, rows: number, columns: number): Matrix & { kind: 'stored' } {
  return { kind: 'stored', input, dtype: 'BF16', rows, columns, transposed: false };
}

function product(height: number, width: number, rank: number): Matrix & { kind: 'product' } {
  return { kind: 'product', left: stored(0, height, rank), right: stored(1, rank, width) };
}

function update(
  matrix: Matrix & { kind: 'product' },
  height: number,
  width: number,
  hasBase: boolean,
  magnitudes = false,
): Case {
  const rank = matrix.left.kind === 'stored' ? matrix.left.columns : 0;
  const lengths = [height * rank, rank * width];
  if (magnitudes) lengths.push(height);
  if (hasBase) lengths.push(height * width);
  let end = 0;
  const inputs = lengths.map((length) => {
    const begin = end;
    end += 2 * length;
    return { model: 'm', file: 0, begin, end };
  });
  const formula: UpdateFormula = {
    kind: 'update',
    sizes: [1, height, width],
    matrix,
    scale: 2,
    magnitudes: magnitudes ? { input: 2, dtype: 'BF16', per: 'row' } : null,
    base: hasBase ? 'BF16' : null,
  };
  const name = `rank ${rank}${magnitudes ? ', DoRA' : hasBase ? ' + base' : ''}`;
  const plane = { dtype: 'F32', from: 0, to: height * width, formula, inputs } as const;
  return { name, shape: [height, width], plane, size: end };
}

const dora = (height: number, width: number, rank: number) =>
  update(product(height, width, rank), height, width, true, true);

async function measureCase({ name, shape, plane, size }: Case, repeats: number): Promise<Row> {
  const codes = new Uint16Array(size / 2);
  // Numbers of 1/64 and less, of both signs.
  for (let i = 0; i < codes.length; i++)
    codes[i] = 0x3c00 + ((i * 2654435761) % 128) + ((i & 1) << 15);
  const bytes = new Uint8Array(codes.buffer);
  const source: Source = {
    name: 'memory',
    size,
    read: async (begin, end) => bytes.slice(begin, end),
  };
  const sources = { weights: () => source, companion: () => source };
  const reader = { sources, tensor: name, budget: 2 ** 28 };
  const elements = shape[0] * shape[1];
  const room = new Uint8Array(4 * elements);
  const signal = new AbortController().signal;
  const times: number[] = [];
  for (let repeat = -1; repeat < repeats; repeat++) {
    const began = process.cpuUsage();
    if (plane.dtype === 'BF16') {
      const raw = await readPlane(plane, 0, elements, reader, signal);
      decode(raw, 'BF16', new Float32Array(room.buffer));
    } else await readPlane(plane, 0, elements, reader, signal, room);
    const { user, system } = process.cpuUsage(began);
    if (repeat >= 0) times.push(user + system);
  }
  const sorted = times.toSorted((a, b) => a - b);
  return {
    plane: name,
    shape: shape.join(' × '),
    fastest: rounded(elements / sorted[0]),
    median: rounded(elements / sorted[Math.floor(sorted.length / 2)]),
  };
}
