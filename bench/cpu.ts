/**
 * How fast one kernel worker is: every method on three bf16 experts and a base, data in memory, computed
 * inline. "measure" includes all passes of a selection, "total" what a merge of the tensor takes.
 */

import type { Blocks, Work } from '../src/compute/backend.ts';
import { definitionBackend } from '../src/compute/cpu/definition.ts';
import { mapRun } from '../src/compute/cpu/kernel.ts';
import type { Run } from '../src/compute/cpu/task.ts';
import { type Dialect, resolveArithmetic } from '../src/methods/dialect.ts';
import type { Call, MergeMethod } from '../src/methods/method.ts';
import { defaultsOf } from '../src/methods/params.ts';
import { methods } from '../src/methods/registry.ts';
import { bytesPerElement, type FloatDtype } from '../src/numerics/dtype.ts';
import { encode } from '../src/numerics/encode.ts';
import { roundTo } from '../src/numerics/round.ts';

export type CpuRow = {
  readonly method: string;
  readonly dialect: Dialect;
  readonly dtype: FloatDtype;
  readonly work: Work;
  /** Millions of elements per second. */
  readonly measure: number | null;
  readonly map: number;
  readonly total: number;
};

const ELEMENTS = 1 << 20;
/** The best of so many is shown: what else the machine does only makes them slower. */
const REPEATS = 12;

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

export async function benchCpu(
  dtypes: readonly FloatDtype[] = ['BF16', 'F32', 'F16'],
): Promise<readonly CpuRow[]> {
  const rows: CpuRow[] = [];
  for (const dtype of dtypes) {
    const planes = planesOf(dtype, 3);
    for (const method of methods) {
      rows.push(await benchMethod(method, 'paper', dtype, 'F32', planes));
    }
  }
  const planes = planesOf('BF16', 3);
  for (const method of methods)
    rows.push(await benchMethod(method, 'mergekit', 'BF16', 'BF16', planes));
  return rows;
}

async function benchMethod(
  method: MergeMethod,
  dialect: Dialect,
  dtype: FloatDtype,
  work: Work,
  all: readonly Uint8Array<ArrayBuffer>[],
): Promise<CpuRow> {
  const models = Math.min(3, method.arity.models[1]);
  const hasBase = method.arity.base === 'required';
  const planes = [...all.slice(0, models), ...(hasBase ? all.slice(-1) : [])];
  const dtypes = planes.map(() => dtype);
  const run: Run = { start: 0, count: ELEMENTS, planes, dtypes, hasBase };
  const blocks: Blocks = {
    elementCount: ELEMENTS,
    dtypes,
    hasBase,
    async *read() {
      yield run;
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
  const backend = definitionBackend();
  let measureTime = Number.POSITIVE_INFINITY;
  let mapTime = Number.POSITIVE_INFINITY;
  let asksNothing = true;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const begun = performance.now();
    const measured: (readonly number[])[] = [];
    for (;;) {
      const asked = method.measures?.(call, measured) ?? [];
      if (asked.length === 0) break;
      asksNothing = false;
      measured.push(
        ...(await backend.measure(blocks, asked, { work, at }, new AbortController().signal)),
      );
    }
    const between = performance.now();
    const coefficients = method.coefficients(call, measured);
    mapRun({
      run,
      kernel: { methodId: method.id, coefficients, output: dtype, work, at },
    });
    measureTime = Math.min(measureTime, between - begun);
    mapTime = Math.min(mapTime, performance.now() - between);
  }
  const speed = (milliseconds: number) => Math.round(ELEMENTS / milliseconds / 100) / 10;
  return {
    method: method.id,
    dialect,
    dtype,
    work,
    measure: asksNothing ? null : speed(measureTime),
    map: speed(mapTime),
    total: speed(mapTime + (asksNothing ? 0 : measureTime)),
  };
}
