/**
 * How fast the shaders are, on whatever adapter Node finds: every method on three bf16 experts and a
 * base, beside the CPU backend. Planes lie on the GPU already; upload and readback have rows of their own.
 * Millions of elements per second. "wall" is by the clock; "processor" counts time on processor cores,
 * of a software adapter times the number of cores: what an idle machine would show.
 */
import { cpus } from 'node:os';
import type { Block, Blocks, Kernel, Work } from '../src/compute/backend.ts';
import { gpuBackend } from '../src/compute/gpu/backend.ts';
import { requestGpu } from '../src/compute/gpu/device.ts';
import { type Dialect, resolveArithmetic } from '../src/methods/dialect.ts';
import type { Call, MergeMethod } from '../src/methods/method.ts';
import { defaultsOf } from '../src/methods/params.ts';
import { methods } from '../src/methods/registry.ts';
import { bytesPerElement, type FloatDtype } from '../src/numerics/dtype.ts';
import { encode } from '../src/numerics/encode.ts';
import { roundTo } from '../src/numerics/round.ts';
import { nodeGpu } from '../src/testing/node-gpu.ts';

export type KernelRow = {
  readonly method: string;
  readonly dialect: Dialect;
  readonly dtype: FloatDtype;
  readonly measure: number | null;
  readonly map: number;
  readonly total: number;
  readonly 'wall total': number;
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

/** Seconds of processor time a core, and by the clock. */
type Time = { readonly cores: number; readonly wall: number };

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, Time]> {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  const wall = (performance.now() - begun) / 1000;
  return [result, { cores: (user + system) / 1e6 / cpus().length, wall }];
}

const speed = (seconds: number) => Math.round(ELEMENTS / seconds / 1e5) / 10;

export async function benchKernels(
  dtypes: readonly FloatDtype[] = ['BF16', 'F32', 'F16', 'F8_E4M3'],
): Promise<readonly KernelRow[]> {
  const { device, adapterLabel } = await requestGpu(nodeGpu());
  if (!device) throw new Error('No graphics adapter to measure');
  const rows: KernelRow[] = [];
  for (const dtype of dtypes) {
    const planes = planesOf(dtype, 3);
    for (const method of methods) {
      rows.push(await benchMethod(device, adapterLabel, method, 'paper', dtype, 'F32', planes));
    }
    if (dtype !== 'BF16') continue;
    for (const method of methods) {
      rows.push(await benchMethod(device, adapterLabel, method, 'mergekit', dtype, dtype, planes));
    }
  }
  device.destroy();
  return rows;
}

async function benchMethod(
  device: GPUDevice,
  label: string,
  method: MergeMethod,
  dialect: Dialect,
  dtype: FloatDtype,
  work: Work,
  all: readonly Uint8Array<ArrayBuffer>[],
): Promise<KernelRow> {
  const models = Math.min(3, method.arity.models[1]);
  const hasBase = method.arity.base === 'required';
  const planes = [...all.slice(0, models), ...(hasBase ? all.slice(-1) : [])];
  const block: Block = { start: 0, count: ELEMENTS, planes };
  const blocks: Blocks = {
    elementCount: ELEMENTS,
    dtypes: planes.map(() => dtype),
    hasBase,
    async *read() {
      yield block;
    },
  };
  const call: Call = {
    global: defaultsOf(method.params.global) as Call['global'],
    perModel: Array.from(
      { length: models },
      () => defaultsOf(method.params.perModel) as Call['global'],
    ),
    arithmetic: resolveArithmetic(dialect, method.exceptions, {}),
    hasBase,
    elementCount: ELEMENTS,
    round: roundTo(work),
  };
  const at = { tensorKey: 1, ordinals: [0, 1, 2].slice(0, models) };
  const backend = gpuBackend(device, label);
  const signal = new AbortController().signal;
  const ask = { work, at };
  const measures: Time[] = [];
  const maps: Time[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    // A measure brings the planes to the GPU and keeps them there.
    await backend.measure(blocks, [{ kind: 'dot', of: 'weights', a: 0, b: 0 }], ask, signal);
    const measured: (readonly number[])[] = [];
    const [, measureTime] = await timed(async () => {
      for (;;) {
        const asked = method.measures?.(call, measured) ?? [];
        if (asked.length === 0) return;
        measured.push(...(await backend.measure(blocks, asked, ask, signal)));
      }
    });
    const coefficients = method.coefficients(call, measured);
    const kernel: Kernel = { methodId: method.id, coefficients, output: dtype, work, at };
    const [, mapTime] = await timed(async () => {
      for await (const _ of backend.map(blocks, kernel, signal));
    });
    measures.push(measureTime);
    maps.push(mapTime);
  }
  backend.dispose();
  const least = (times: readonly Time[], which: keyof Time) =>
    Math.min(...times.map((time) => time[which]));
  const asks = (method.measures?.(call, []) ?? []).length > 0;
  const total = (which: keyof Time) => least(maps, which) + (asks ? least(measures, which) : 0);
  return {
    method: method.id,
    dialect,
    dtype,
    measure: asks ? speed(least(measures, 'cores')) : null,
    map: speed(least(maps, 'cores')),
    total: speed(total('cores')),
    'wall total': speed(total('wall')),
  };
}
