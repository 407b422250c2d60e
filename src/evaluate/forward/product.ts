import { pack } from '../../compute/shaders/structs.ts';
import type { Kernel, Processor, Room } from './processor.ts';

/** What becomes of a product, as in matmul.wgsl. */
export const PLAIN = 0;
export const ADDED = 1;
export const GATED = 2;
export const GELU = 3;
export const GELU_BY_TANH = 4;

/** Rows that matmul.wgsl takes at once, where there are several. */
export const ROWS = 4;

/** Words that shaders have of each token: id, position, slot, first slot seen, and the one after the last. */
export const TOKEN_WORDS = 5;

/** Words of rows that a block of a product reads: so much stays in a processor’s cache. */
const BLOCK = 2 ** 16;

/** A product of one row, and of several at a time. */
export type Matmul = { readonly one: Kernel; readonly several: Kernel };

/** Rejects when the shader does not compile. */
export async function matmulOf(
  processor: Processor,
  ends: number,
  biased: boolean,
): Promise<Matmul> {
  const [one, several] = await Promise.all(
    [1, ROWS].map((rows) =>
      processor.kernel('matmul', { ROWS: rows, BIASED: biased ? 1 : 0, ENDS: ends }),
    ),
  );
  return { one, several };
}

/**
 * The product of `count` rows, each `depth` long, with the weights of so many columns, into `result`. Rooms of rows have
 * place for a multiple of `ROWS`. `others` is what it is added to.
 */
export function productBy(
  processor: Processor,
  count: number,
  { one, several }: Matmul,
  [depth, columns]: readonly [number, number],
  rows: Room,
  panels: Room,
  result: Room,
  bias: Room | null,
  others: Room | null = null,
): void {
  const groups = count === 1 ? 1 : Math.ceil(count / ROWS);
  const octs = columns / 8;
  processor.run({
    kernel: count === 1 ? one : several,
    job: pack('Matmul', [{ quads: depth / 4, octs, groups }]),
    rooms: [rows, panels, result, bias, others],
    threads: groups,
    layers: octs,
    block: Math.max(1, Math.floor(BLOCK / (ROWS * depth))),
  });
}

/** A float as a shader’s struct holds it. */
export function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0];
}
