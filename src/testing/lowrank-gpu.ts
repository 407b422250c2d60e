/** lowrank.wgsl on a GPU, and numbers to give it. */
import type { Use } from '../compute/cpu/lowrank-definition.ts';
import { panelsOf, quadsOfLeft } from '../compute/cpu/lowrank-layout.ts';
import { Pipelines } from '../compute/gpu/pipelines.ts';
import { pack, THREADS } from '../compute/shaders/structs.ts';
import { type FloatDtype, floatDtypes } from '../numerics/dtype.ts';
import { dispatchOnGpu } from './dispatch-gpu.ts';
import { encode } from './encode.ts';
import { randomNumbers } from './samples.ts';

export type Sizes = { readonly rows: number; readonly depth: number; readonly columns: number };

/** What lowrank.wgsl makes on the GPU of whole octs of columns, and whether it met NaN or infinity. */
export async function lowrankOnGpu(
  device: GPUDevice,
  { rows, depth, columns }: Sizes,
  left: Float32Array,
  right: Float32Array,
  { scale, base }: Use,
) {
  const pipelines = Pipelines.of(device);
  const constants = { BASE: base ? floatDtypes.indexOf(base.dtype) : floatDtypes.length };
  const pipeline = await pipelines.get({ shader: 'lowrank', constants, unroll: false });
  const panels = panelsOf(right, depth, columns);
  const groups = Math.ceil(rows / 4);
  const given = new Float32Array(4 * groups * panels.terms + panels.values.length);
  quadsOfLeft(left, rows, panels, given);
  given.set(panels.values, 4 * groups * panels.terms);
  const [bits] = new Uint32Array(Float32Array.of(scale).buffer);
  const { terms, octs } = panels;
  const job = pack('Product', [{ depth: terms, octs, right: groups * terms, scale: bits }]);
  const planes = base ? base.bytes : new Uint8Array(16);

  const room = new Uint8Array(Math.ceil(planes.length / 16) * 16 + 16 * columns * 8);
  room.set(planes);
  const made = 16 * groups * columns;
  const sizes = { made, workgroups: Math.ceil(octs / THREADS), layers: groups };
  const { output, met } = await dispatchOnGpu(device, pipeline, [job, room, given], sizes);
  return { values: new Float32Array(output, 0, rows * columns), met };
}

/** Multiples of 1/64 up to 1/2, so that sums are exact, or numbers that round at every step. */
export function numbers(seed: number, count: number, dyadic: boolean) {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: count }, () =>
    dyadic ? Math.floor(random() * 65 - 32) / 64 : random() - 0.5,
  );
}

export function baseOf(sizes: Sizes, dtype: FloatDtype | null, dyadic: boolean) {
  if (dtype === null) return null;
  const narrow = dtype.startsWith('F8');
  const values = [...numbers(3, sizes.rows * sizes.columns, dyadic)];
  const coarse = values.map((value) => (narrow && dyadic ? Math.round(value * 4) / 4 : value));
  return { dtype, bytes: encode(coarse, dtype) };
}
