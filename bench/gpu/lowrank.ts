/** Updates of adapters on this GPU: its numbers against the definition, how fast it makes them, and whole merges. */
import { multiplyPlainly, type Use } from '../../src/compute/cpu/lowrank-definition.ts';
import { gpuBackend } from '../../src/compute/gpu/backend.ts';
import { type FloatDtype, floatDtypes } from '../../src/numerics/dtype.ts';
import { baseOf, lowrankOnGpu, numbers, type Sizes } from '../../src/testing/lowrank-gpu.ts';
import { measureBaked } from '../baked.ts';
import { type Row, rounded, type Table } from '../part.ts';
import { PassTimes } from './pass-times.ts';

/** Rows and depth of any size; columns in whole octs, as the shader makes them. */
const sizes: readonly Sizes[] = [
  { rows: 1, depth: 1, columns: 8 },
  { rows: 7, depth: 3, columns: 24 },
  { rows: 21, depth: 16, columns: 1048 },
  { rows: 130, depth: 64, columns: 1000 },
  { rows: 515, depth: 129, columns: 520 },
];

export async function* measureLowrank(
  device: GPUDevice,
  repeats: number,
  layers: number,
): AsyncGenerator<Table, void> {
  const rows: Row[] = [];
  for (const dtype of [null, ...floatDtypes]) {
    for (const dyadic of [true, false]) rows.push(await parityOf(device, dtype, dyadic));
  }
  yield {
    title: 'Updates of adapters against the definition',
    rows,
    remarks: [
      'Where sums are exact every bit has to be the same; else within half a last place a step.',
    ],
  };
  if (device.features.has('timestamp-query')) {
    const times = new PassTimes(device);
    const speed: Row[] = [];
    for (const depth of [16, 64]) speed.push(await speedOf(device, times, depth, repeats));
    times.stop();
    yield {
      title: 'Planes of updates, 2048 × 4096 onto BF16, by the GPU’s own clock',
      rows: speed,
    };
  }
  const backend = gpuBackend(device, 'GPU');
  yield await measureBaked(layers, 0, backend);
  backend.dispose();
}

async function parityOf(
  device: GPUDevice,
  dtype: FloatDtype | null,
  dyadic: boolean,
): Promise<Row> {
  let elements = 0;
  let differing = 0;
  let failures = 0;
  let worst = 0;
  for (const size of sizes) {
    const { rows, depth, columns } = size;
    const left = numbers(1, rows * depth, dyadic);
    const right = numbers(2, depth * columns, dyadic);
    const scale = dyadic ? 2 : Math.fround(1 / 3);
    const use: Use = { scale, base: baseOf(size, dtype, dyadic) };
    const wanted = new Float32Array(rows * columns);
    multiplyPlainly(right, depth, columns)(left, rows, wanted, use);
    const { values, met } = await lowrankOnGpu(device, size, left, right, use);
    // Every term is less than 1/4: each of its steps may differ by half a unit in the last place.
    const most = dyadic ? 0 : (depth / 4 + 1) * 2 ** -23;
    elements += values.length;
    if (met !== 0) failures += 1;
    for (const [i, value] of values.entries()) {
      const apart = Math.abs(value - wanted[i]);
      if (apart > 0) differing += 1;
      if (!(apart <= most)) failures += 1;
      worst = Math.max(worst, apart);
    }
  }
  return {
    base: dtype ?? 'none',
    sums: dyadic ? 'exact' : 'rounded',
    ...{ elements, differing, failures },
    worst: worst.toExponential(1),
  };
}

async function speedOf(
  device: GPUDevice,
  times: PassTimes,
  depth: number,
  repeats: number,
): Promise<Row> {
  const size = { rows: 2048, depth, columns: 4096 };
  const left = numbers(1, size.rows * depth, false);
  const right = numbers(2, depth * size.columns, false);
  const use: Use = { scale: 0.5, base: baseOf(size, 'BF16', false) };
  let least = Number.POSITIVE_INFINITY;
  for (let repeat = -1; repeat < repeats; repeat++) {
    await lowrankOnGpu(device, size, left, right, use);
    const taken = (await times.take()).reduce((sum, { seconds }) => sum + seconds, 0);
    if (repeat >= 0) least = Math.min(least, taken);
  }
  const elements = size.rows * size.columns;
  return {
    rank: depth,
    milliseconds: rounded(1000 * least),
    'G elements/s': rounded(elements / least / 1e9),
    'G multiplications/s': rounded((elements * depth) / least / 1e9),
  };
}
