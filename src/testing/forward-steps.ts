/** Steps of the forward pass on any processor, and what they should give, plainly. */
import { pack } from '../compute/shaders/structs.ts';
import { gatedPanelsOf, paddedTo8, panelsOf } from '../evaluate/forward/panels.ts';
import type { Processor } from '../evaluate/forward/processor.ts';
import { randomNumbers } from './samples.ts';

export const ends = ['PLAIN', 'ADDED', 'GATED', 'GELU', 'GELU_BY_TANH'] as const;

/** A product of `rows` by `depth` and `columns`, and what follows it. */
export type Product = {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly end: (typeof ends)[number];
  readonly biased: boolean;
};

function numbers(seed: number, count: number, width = 2): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: count }, () => (random() - 0.5) * width);
}

/** Matrices of the product: of a gated one two, each with half of the columns. */
function inputsOf({ rows, depth, columns, end }: Product) {
  const each = end === 'GATED' ? columns / 2 : columns;
  const count = end === 'GATED' ? 2 : 1;
  return {
    left: numbers(1, rows * depth),
    matrices: Array.from({ length: count }, (_, i) => numbers(2 + i, each * depth)),
    biases: Array.from({ length: count }, (_, i) => numbers(4 + i, each)),
    others: numbers(6, rows * each),
  };
}

/** What matmul.wgsl makes of it. */
export async function matmulBy(processor: Processor, product: Product): Promise<Float32Array> {
  const { rows, depth, columns, end, biased } = product;
  const { left, matrices, biases, others } = inputsOf(product);
  const gated = end === 'GATED';
  const put = (words: Float32Array, size = words.length) => {
    const room = processor.take(size);
    processor.write(room, words);
    return room;
  };
  const each = rows === 1 ? 1 : 4;
  const groups = Math.ceil(rows / each);
  const pitch = gated ? columns / 2 : paddedTo8(columns);
  const panels = gated ? gatedPanelsOf(matrices[0], matrices[1], depth) : panelsOf(matrices, depth);
  const bias = gated ? gatedPanelsOf(biases[0], biases[1], 1) : panelsOf(biases, 1);
  const spread = new Float32Array(groups * each * pitch);
  for (let row = 0; row < rows; row++) {
    spread.set(others.subarray(row * columns, (row + 1) * columns), row * pitch);
  }
  const constants = { ROWS: each, BIASED: biased ? 1 : 0, ENDS: ends.indexOf(end) };
  const kernel = await processor.kernel('matmul', constants);
  const result = processor.take(groups * each * pitch);
  const octs = paddedTo8(columns) / 8;
  processor.run({
    kernel,
    job: pack('Matmul', [{ quads: depth / 4, octs, groups }]),
    rooms: [
      put(left, groups * each * depth),
      put(panels),
      result,
      biased ? put(bias) : null,
      end === 'ADDED' ? put(spread) : null,
    ],
    threads: groups,
    layers: octs,
    block: 2,
  });
  const made = await processor.read(result, rows * pitch);
  const width = gated ? columns / 2 : columns;
  return made.filter((_, i) => i % pitch < width);
}

/** The same in f64. */
export function matmulPlainly(product: Product): Float64Array {
  const { rows, depth, end, biased } = product;
  const { left, matrices, biases, others } = inputsOf(product);
  const width = biases[0].length;
  const sum = (at: number, row: number, column: number) => {
    let total = biased ? biases[at][column] : 0;
    for (let k = 0; k < depth; k++) {
      total += left[row * depth + k] * matrices[at][column * depth + k];
    }
    return total;
  };
  return Float64Array.from({ length: rows * width }, (_, i) => {
    const row = Math.floor(i / width);
    const column = i % width;
    const first = sum(0, row, column);
    if (end === 'GATED') return (first / (1 + Math.exp(-first))) * sum(1, row, column);
    if (end === 'GELU') return (first / 2) * (1 + errorFunction(first / Math.SQRT2));
    if (end === 'GELU_BY_TANH') {
      const inner = Math.sqrt(2 / Math.PI) * (first + 0.044715 * first ** 3);
      return (first / 2) * (1 + Math.tanh(inner));
    }
    return end === 'ADDED' ? first + others[i] : first;
  });
}

/** By its power series; beyond ±4.5 it is ±1 to nine digits. */
function errorFunction(x: number): number {
  if (Math.abs(x) > 4.5) return Math.sign(x);
  let [sum, term] = [0, x];
  for (let n = 1; Math.abs(term) > 1e-17 && n < 200; n++) {
    sum += term / (2 * n - 1);
    term *= -(x * x) / n;
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

export const awkward: readonly Omit<Product, 'end' | 'biased'>[] = [
  { rows: 1, depth: 4, columns: 16 },
  { rows: 3, depth: 12, columns: 48 },
  { rows: 9, depth: 40, columns: 80 },
  { rows: 70, depth: 576, columns: 32 },
];

/** The largest difference of one number, as a part of the largest of all. */
export function farthest(values: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (values.length !== wanted.length) return Infinity;
  let [difference, largest] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    const distance = Math.abs(values[i] - wanted[i]);
    // Not a number is as far as can be.
    if (!(distance <= difference)) difference = Number.isNaN(distance) ? Infinity : distance;
    largest = Math.max(largest, Math.abs(wanted[i]));
  }
  return difference / largest;
}
