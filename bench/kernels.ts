/**
 * How fast the shaders are on the adapter that Node finds, beside one worker of the CPU backend: every
 * method on three bf16 experts and a base, as so many millions of elements per second. The planes lie on
 * the GPU already, the results are read back; what the upload takes has a row of its own. By the clock,
 * so run it on an idle machine: a software adapter needs all cores.
 */
import type { Block, Blocks, Kernel, Work } from '../src/compute/backend.ts';
import { gpuBackend } from '../src/compute/gpu/backend.ts';
import { requestGpu } from '../src/compute/gpu/device.ts';
import { type Dialect, resolveArithmetic } from '../src/methods/dialect.ts';
import type { Call, MergeMethod } from '../src/methods/method.ts';
import { defaultsOf } from '../src/methods/params.ts';
import { findMethod } from '../src/methods/registry.ts';
import { bytesPerElement, type FloatDtype } from '../src/numerics/dtype.ts';
import { encode } from '../src/numerics/encode.ts';
import { roundTo } from '../src/numerics/round.ts';
import { nodeGpu } from '../src/testing/node-gpu.ts';
import { benchCpu } from './cpu.ts';

export type KernelRow = {
  readonly method: string;
  readonly dialect: Dialect;
  readonly dtype: FloatDtype;
  readonly measure: number | null;
  readonly map: number | null;
  readonly total: number;
  /** One worker of the CPU backend, all in all. */
  readonly 'CPU worker': number | null;
  readonly ratio: number | null;
};

const ELEMENTS = 1 << 22;
const REPEATS = 5;

/** Weights as trained models have them: a normal base, fine-tunes a hundredth of that away. */
function planesOf(dtype: FloatDtype, models: number): readonly Uint8Array<ArrayBuffer>[] {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const normal = () => uniform() + uniform() + uniform() + uniform() - 2;
  const base = Float32Array.from({ length: ELEMENTS }, () => 0.02 * normal());
  const fineTunes = Array.from({ length: models }, () =>
    base.map((value) => value + 0.0002 * normal()),
  );
  return [...fineTunes, base].map((values) => {
    const bytes = new Uint8Array(ELEMENTS * bytesPerElement(dtype));
    encode(values, dtype, bytes);
    return bytes;
  });
}

const speed = (milliseconds: number) => Math.round(ELEMENTS / milliseconds / 100) / 10;

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

export async function benchKernels(
  dtypes: readonly FloatDtype[] = ['BF16', 'F32', 'F16'],
): Promise<readonly KernelRow[]> {
  const { device, adapterLabel } = await requestGpu(nodeGpu());
  if (!device) throw new Error('No graphics adapter to measure');
  const cpu = await benchCpu(dtypes);
  const rows: KernelRow[] = [];
  for (const { method: id, dialect, dtype, work, total } of cpu) {
    const method = findMethod(id);
    if (!method) continue;
    const gpu = await benchMethod(device, adapterLabel, method, dialect, dtype, work);
    rows.push({
      ...{ method: id, dialect, dtype, ...gpu },
      ...{ 'CPU worker': total, ratio: Math.round((gpu.total / total) * 100) / 100 },
    });
  }
  for (const dtype of dtypes) rows.push(await benchUpload(device, adapterLabel, dtype));
  device.destroy();
  return rows;
}

const signal = new AbortController().signal;
const at = { tensorKey: 1, ordinals: [0, 1, 2] };
const dot = [{ kind: 'dot', of: 'weights', a: 0, b: 0 }] as const;

const planesByDtype = new Map<FloatDtype, ReturnType<typeof planesOf>>();

function blocksOf(dtype: FloatDtype, models: number, hasBase: boolean): Blocks {
  const all = planesByDtype.get(dtype) ?? planesOf(dtype, 3);
  planesByDtype.set(dtype, all);
  const planes = [...all.slice(0, models), ...(hasBase ? all.slice(-1) : [])];
  const block: Block = { start: 0, count: ELEMENTS, planes };
  const dtypes = planes.map(() => dtype);
  return {
    ...{ elementCount: ELEMENTS, dtypes, hasBase },
    async *read() {
      yield block;
    },
  };
}

async function benchMethod(
  device: GPUDevice,
  label: string,
  method: MergeMethod,
  dialect: Dialect,
  dtype: FloatDtype,
  work: Work,
): Promise<{ measure: number | null; map: number; total: number }> {
  const models = Math.min(3, method.arity.models[1]);
  const blocks = blocksOf(dtype, models, method.arity.base === 'required');
  const perModel = defaultsOf(method.params.perModel) as Call['global'];
  const call: Call = {
    global: defaultsOf(method.params.global) as Call['global'],
    perModel: Array.from({ length: models }, () => perModel),
    arithmetic: resolveArithmetic(dialect, method.exceptions, {}),
    hasBase: blocks.hasBase,
    elementCount: ELEMENTS,
    round: roundTo(work),
  };
  const backend = gpuBackend(device, label);
  let measureTime = Number.POSITIVE_INFINITY;
  let mapTime = Number.POSITIVE_INFINITY;
  const asks = (method.measures?.(call, []) ?? []).length > 0;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    // A measure brings the planes to the GPU and keeps them there.
    await backend.measure(blocks, dot, { work, at }, signal);
    const measured: (readonly number[])[] = [];
    const measuring = await milliseconds(async () => {
      for (;;) {
        const asked = method.measures?.(call, measured) ?? [];
        if (asked.length === 0) return;
        measured.push(...(await backend.measure(blocks, asked, { work, at }, signal)));
      }
    });
    const coefficients = method.coefficients(call, measured);
    const kernel: Kernel = { methodId: method.id, coefficients, output: dtype, work, at };
    const mapping = await milliseconds(async () => {
      for await (const _ of backend.map(blocks, kernel, signal));
    });
    measureTime = Math.min(measureTime, measuring);
    mapTime = Math.min(mapTime, mapping);
  }
  backend.dispose();
  const total = speed(mapTime + (asks ? measureTime : 0));
  return { measure: asks ? speed(measureTime) : null, map: speed(mapTime), total };
}

/** Four planes to the GPU: the time of a measure that has to bring them, less that of one that has not. */
async function benchUpload(
  device: GPUDevice,
  label: string,
  dtype: FloatDtype,
): Promise<KernelRow> {
  const blocks = blocksOf(dtype, 3, true);
  let best = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const backend = gpuBackend(device, label);
    const measure = () => backend.measure(blocks, dot, { work: 'F32', at }, signal);
    const bringing = await milliseconds(measure);
    best = Math.min(best, Math.max(0.1, bringing - (await milliseconds(measure))));
    backend.dispose();
  }
  const nothing = { measure: null, map: null, 'CPU worker': null, ratio: null };
  return {
    method: 'upload of four planes',
    dialect: 'paper',
    dtype,
    ...nothing,
    total: speed(best),
  };
}
