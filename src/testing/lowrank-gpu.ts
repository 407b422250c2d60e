/** lowrank.wgsl on a GPU, and numbers to give it. */
import type { Use } from '../compute/cpu/lowrank-definition.ts';
import { panelsOf, quadsOfLeft } from '../compute/cpu/lowrank-layout.ts';
import { Pipelines } from '../compute/gpu/pipelines.ts';
import { pack, THREADS } from '../compute/shaders/structs.ts';
import { type FloatDtype, floatDtypes } from '../numerics/dtype.ts';
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

  const { UNIFORM, STORAGE, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
  const buffer = (size: number, usage: number) => device.createBuffer({ size, usage });
  const made = 16 * groups * columns;
  const buffers = [
    buffer(16, UNIFORM | COPY_DST),
    buffer(Math.ceil(planes.length / 16) * 16 + 16 * columns * 8, STORAGE | COPY_DST),
    buffer(given.byteLength, STORAGE | COPY_DST),
    buffer(made, STORAGE | COPY_SRC),
    buffer(4, STORAGE | COPY_SRC),
  ];
  const back = buffer(made + 4, COPY_DST | MAP_READ);
  [job, planes, given].forEach((bytes, k) => {
    device.queue.writeBuffer(buffers[k], 0, bytes);
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = buffers.map((one, binding) => ({ binding, resource: { buffer: one } }));
  pass.setBindGroup(0, device.createBindGroup({ layout: pipelines.layout, entries }));
  pass.dispatchWorkgroups(Math.ceil(octs / THREADS), 1, groups);
  pass.end();
  encoder.copyBufferToBuffer(buffers[3], 0, back, 0, made);
  encoder.copyBufferToBuffer(buffers[4], 0, back, made, 4);
  device.queue.submit([encoder.finish()]);
  await back.mapAsync(GPUMapMode.READ);
  const bytes = back.getMappedRange().slice(0);
  for (const one of [...buffers, back]) one.destroy();
  const values = new Float32Array(bytes, 0, rows * columns);
  return { values, met: new Uint32Array(bytes, made)[0] };
}

/** Multiples of 1/64 up to 1/2, so that sums are exact, or numbers that round at every step. */
export function numbers(seed: number, count: number, dyadic: boolean): Float32Array {
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
