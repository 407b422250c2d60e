/** A merge of one tensor through a backend, planes in memory. */
import type { Backend, Blocks, Kernel } from '../src/compute/backend.ts';
import { type Dialect, resolveArithmetic } from '../src/methods/dialect.ts';
import { type Call, coefficientList, guidesOf, type MergeMethod } from '../src/methods/method.ts';
import { defaultsOf } from '../src/methods/params.ts';
import { precisionOf } from '../src/methods/precision.ts';
import { bytesPerElement, type FloatDtype } from '../src/numerics/dtype.ts';
import { roundSumTo } from '../src/numerics/round.ts';
import { weightsOf } from './synthetic.ts';

export type Case = {
  readonly method: MergeMethod;
  readonly dialect: Dialect;
  readonly dtype: FloatDtype;
  readonly elements: number;
};

const signal = new AbortController().signal;
/** Weights that are computed; planes are these over and over. */
const TILE = 2 ** 20;
const planes = new Map<string, Uint8Array<ArrayBuffer>>();

function planeOf(model: number, { dtype, elements }: Case): Uint8Array<ArrayBuffer> {
  const key = `${dtype} ${model}`;
  const bytes = elements * bytesPerElement(dtype);
  let plane = planes.get(key);
  if (!plane || plane.length < bytes) {
    const tile = weightsOf(model, TILE, dtype);
    plane = new Uint8Array(Math.ceil(bytes / tile.length) * tile.length);
    for (let at = 0; at < plane.length; at += tile.length) plane.set(tile, at);
    planes.set(key, plane);
  }
  return plane.subarray(0, bytes);
}

/** Lets go of all planes. */
export function forgetPlanes(): void {
  planes.clear();
}

/** Three models, or as many as the method takes, and a base where it needs one. */
export function blocksFor(one: Case, blockElements = one.elements): Blocks {
  const { method, dtype, elements } = one;
  const hasBase = method.arity.base === 'required';
  const models = Array.from({ length: Math.min(3, method.arity.models[1]) }, (_, k) => k + 1);
  const all = (hasBase ? [...models, 0] : models).map((model) => planeOf(model, one));
  const size = bytesPerElement(dtype);
  return {
    elementCount: elements,
    dtypes: all.map(() => dtype),
    hasBase,
    readAs: 'F32',
    async *read() {
      for (let start = 0; start < elements; start += blockElements) {
        const count = Math.min(blockElements, elements - start);
        const cut = all.map((plane) => plane.subarray(start * size, (start + count) * size));
        yield { start, count, planes: cut };
      }
    },
  };
}

/** Bytes that a merge must read, and those with what it writes. */
export function bytesOf({ dtypes, elementCount }: Blocks): { read: number; moved: number } {
  const size = bytesPerElement(dtypes[0]);
  const read = dtypes.length * size * elementCount;
  return { read, moved: read + size * elementCount };
}

/** Measures until the method asks no more, and maps. `measured` is called in between, told whether it asked at all. */
export async function merge(
  { method, dialect, dtype }: Case,
  blocks: Blocks,
  backend: Backend,
  measured: (asked: boolean) => Promise<void> | void = () => {},
): Promise<void> {
  const models = blocks.dtypes.length - (blocks.hasBase ? 1 : 0);
  const arithmetic = resolveArithmetic(dialect, method.exceptions, {});
  const { work, resultAs } = precisionOf(arithmetic.work, blocks.dtypes, 'stored');
  const perModel = defaultsOf(method.params.perModel) as Call['global'];
  const call: Call = {
    global: defaultsOf(method.params.global) as Call['global'],
    perModel: Array.from({ length: models }, () => perModel),
    arithmetic,
    hasBase: blocks.hasBase,
    elementCount: blocks.elementCount,
    shape: [blocks.elementCount],
    roundSum: roundSumTo(work),
  };
  const at = { tensorKey: 1, ordinals: [0, 1, 2].slice(0, models) };
  const answers: (readonly number[])[] = [];
  for (;;) {
    const asked = method.measures?.(call, answers) ?? [];
    if (asked.length === 0) break;
    answers.push(...(await backend.measure(blocks, asked, { work, at }, signal)));
  }
  await measured(answers.length > 0);
  const coefficients = coefficientList(method, call, answers);
  const guides = guidesOf(method, call, answers);
  const methodId = method.id;
  const kernel: Kernel = { methodId, coefficients, guides, output: dtype, work, resultAs, at };
  for await (const _ of backend.map(blocks, kernel, signal));
}
