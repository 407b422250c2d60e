import type { Backend } from '../compute/backend.ts';
import { type Arithmetic, type Dialect, resolveArithmetic } from '../methods/dialect.ts';
import {
  type Call,
  coefficientList,
  derivingOf,
  guidesOf,
  type MergeMethod,
} from '../methods/method.ts';
import type { ParamValue } from '../methods/params.ts';
import { type InputDtype, precisionOf } from '../methods/precision.ts';
import { bytesPerElement, type FloatDtype } from '../numerics/dtype.ts';
import { roundSumTo } from '../numerics/round.ts';
import { blocksOf } from './merge-tensor.ts';

export type PlanesMerge = {
  readonly method: MergeMethod;
  readonly dialect: Dialect;
  readonly choices?: Partial<Arithmetic>;
  readonly global: Readonly<Record<string, ParamValue>>;
  readonly perModel: readonly Readonly<Record<string, ParamValue>>[];
  readonly planes: readonly Uint8Array<ArrayBuffer>[];
  readonly dtypes: readonly FloatDtype[];
  readonly hasBase: boolean;
  readonly elementCount: number;
  /** One row when left out. */
  readonly shape?: readonly number[];
  readonly output: FloatDtype;
  /** What inputs are rounded to first; nothing when left out. */
  readonly inputs?: InputDtype;
  readonly tensorKey: number;
  readonly ordinals: readonly number[];
  readonly blockSize?: number;
};

export type MergedPlanes = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly saturated: number;
  readonly nonFinite: number;
  readonly measured: readonly (readonly number[])[];
};

/** Merges raw planes through a backend, measures first. */
export async function mergePlanes(backend: Backend, merge: PlanesMerge): Promise<MergedPlanes> {
  const { method, dialect, planes, dtypes, hasBase, elementCount, output } = merge;
  const signal = new AbortController().signal;
  const arithmetic = resolveArithmetic(dialect, method.exceptions, merge.choices ?? {});
  const { inputs = 'stored' } = merge;
  const { readAs, work, resultAs } = precisionOf(arithmetic.work, dtypes, inputs);
  const call: Call = {
    global: merge.global as Call['global'],
    perModel: merge.perModel as Call['perModel'],
    arithmetic,
    hasBase,
    elementCount,
    shape: merge.shape ?? [elementCount],
    roundSum: roundSumTo(work),
  };
  const blocks = blocksOf(planes, dtypes, hasBase, elementCount, merge.blockSize, readAs);
  const at = { tensorKey: merge.tensorKey, ordinals: merge.ordinals };
  const measured: (readonly number[])[] = [];
  for (;;) {
    const asked = method.measures?.(call, measured) ?? [];
    if (asked.length === 0) break;
    const deriving = derivingOf(method, call, asked, measured);
    measured.push(...(await backend.measure(blocks, asked, { work, at, deriving }, signal)));
  }
  const coefficients = coefficientList(method, call, measured);
  const guides = guidesOf(method, call, measured);
  const kernel = { methodId: method.id, coefficients, guides, output, work, resultAs, at };
  const size = bytesPerElement(output);
  const bytes = new Uint8Array(elementCount * size);
  let offset = 0;
  let saturated = 0;
  let nonFinite = 0;
  for await (const mapped of backend.map(blocks, kernel, signal)) {
    bytes.set(mapped.bytes, offset);
    offset += mapped.bytes.length;
    saturated += mapped.saturated;
    nonFinite += mapped.nonFinite;
  }
  if (offset !== bytes.length) throw new Error(`${offset} bytes came, not ${bytes.length}`);
  return { bytes, saturated, nonFinite, measured };
}
