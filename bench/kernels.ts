/**
 * How fast one core is at the arithmetic: every method on three experts and a base, data in memory. The
 * TypeScript definition and the compiled kernels in turns, by the processor time of this process, so that
 * what else the machine does matters little; garbage collection and compilation count.
 */
import type { Blocks, Kernel, Work } from '../src/compute/backend.ts';
import { type Dialect, resolveArithmetic } from '../src/methods/dialect.ts';
import type { Call, MergeMethod } from '../src/methods/method.ts';
import { defaultsOf } from '../src/methods/params.ts';
import { findMethod, methods } from '../src/methods/registry.ts';
import type { FloatDtype } from '../src/numerics/dtype.ts';
import { roundSumTo } from '../src/numerics/round.ts';
import { compiled, definition } from './backends.ts';
import { ceiling } from './ceiling.ts';
import { numberFlag, type Row, rounded, type Surroundings, type Table } from './part.ts';
import { weightsOf } from './synthetic.ts';

type Case = {
  readonly method: MergeMethod;
  readonly dialect: Dialect;
  readonly dtype: FloatDtype;
  readonly work: Work;
  readonly elements: number;
};

const mebi = 2 ** 20;
const signal = new AbortController().signal;

export async function measure(surroundings: Surroundings): Promise<readonly Table[]> {
  const repeats = numberFlag(surroundings, 'repeats', 5);
  const rows: Row[] = [];
  for (const one of cases()) rows.push(await measureCase(one, repeats));
  const most = [mebi, 16 * mebi].map((elements) => measureCeiling(elements, repeats));
  const title = 'Kernels on one core, millions of elements per second of processor time';
  const remarks = [
    `Fastest and median of ${repeats}, in turns. “measure” and “map” are parts of the compiled total.`,
  ];
  return [
    { title, rows, remarks },
    { title: 'The ceiling: four bf16 planes read, one written, nothing computed', rows: most },
  ];
}

/** The trim of a large tensor samples it first, so TIES is measured on a large one too. */
function cases(): readonly Case[] {
  const all = (dialect: Dialect, dtype: FloatDtype, work: Work) =>
    methods.map((method) => ({ method, dialect, dtype, work, elements: mebi }));
  const ties = findMethod('ties');
  if (!ties) throw new Error('There is no TIES to measure');
  const large = { method: ties, dialect: 'paper', dtype: 'BF16', work: 'F32' } as const;
  return [
    ...all('paper', 'BF16', 'F32'),
    { ...large, elements: 16 * mebi },
    ...all('paper', 'F32', 'F32'),
    ...all('paper', 'F16', 'F32'),
    ...all('mergekit', 'BF16', 'BF16'),
  ];
}

type Times = { readonly measure: number; readonly map: number; readonly total: number };

async function measureCase(one: Case, repeats: number): Promise<Row> {
  const blocks = blocksFor(one);
  const backends = { typescript: definition(), compiled: compiled() };
  const times = { typescript: [] as Times[], compiled: [] as Times[] };
  // The first turn compiles and is not counted.
  for (let repeat = -1; repeat < repeats; repeat++) {
    for (const name of ['typescript', 'compiled'] as const) {
      const taken = await merge(one, blocks, backends[name]);
      if (repeat >= 0) times[name].push(taken);
    }
  }
  for (const backend of Object.values(backends)) backend.dispose();
  const { typescript, compiled: kernels } = times;
  const speed = (list: readonly Times[], of: keyof Times, pick = least) =>
    rounded(one.elements / pick(list.map((taken) => taken[of])) / 1000);
  const ratio = (pick: typeof least) =>
    rounded(pick(typescript.map((t) => t.total)) / pick(kernels.map((t) => t.total)));
  const measures = kernels[0].measure > 0;
  return {
    method: one.method.id,
    dialect: one.dialect,
    dtype: one.dtype,
    Mi: one.elements / mebi,
    TypeScript: speed(typescript, 'total'),
    '(median)': speed(typescript, 'total', median),
    measure: measures ? speed(kernels, 'measure') : null,
    map: speed(kernels, 'map'),
    compiled: speed(kernels, 'total'),
    'its median': speed(kernels, 'total', median),
    ratio: ratio(least),
    'of medians': ratio(median),
  };
}

const planes = new Map<string, Uint8Array<ArrayBuffer>>();

/** The planes of one tensor as one block; the same bytes for every method. */
function blocksFor({ method, dtype, elements }: Case): Blocks {
  const hasBase = method.arity.base === 'required';
  const models = Array.from({ length: Math.min(3, method.arity.models[1]) }, (_, k) => k + 1);
  const wanted = (hasBase ? [...models, 0] : models).map((model) => {
    const key = `${dtype} ${elements} ${model}`;
    const plane = planes.get(key) ?? weightsOf(model, elements, dtype);
    planes.set(key, plane);
    return plane;
  });
  return {
    elementCount: elements,
    dtypes: wanted.map(() => dtype),
    hasBase,
    readAs: 'F32',
    async *read() {
      yield { start: 0, count: elements, planes: wanted };
    },
  };
}

/** Measures until the method asks no more, and maps; milliseconds of each. */
async function merge(
  { method, dialect, dtype, work, elements }: Case,
  blocks: Blocks,
  backend: ReturnType<typeof definition>,
): Promise<Times> {
  const models = blocks.dtypes.length - (blocks.hasBase ? 1 : 0);
  const perModel = defaultsOf(method.params.perModel) as Call['global'];
  const call: Call = {
    global: defaultsOf(method.params.global) as Call['global'],
    perModel: Array.from({ length: models }, () => perModel),
    arithmetic: resolveArithmetic(dialect, method.exceptions, {}),
    hasBase: blocks.hasBase,
    elementCount: elements,
    roundSum: roundSumTo(work),
  };
  const at = { tensorKey: 1, ordinals: [0, 1, 2].slice(0, models) };
  const began = processorTime();
  const measured: (readonly number[])[] = [];
  let measures = false;
  for (;;) {
    const asked = method.measures?.(call, measured) ?? [];
    if (asked.length === 0) break;
    measures = true;
    measured.push(...(await backend.measure(blocks, asked, { work, at }, signal)));
  }
  const coefficients = method.coefficients(call, measured);
  const between = processorTime();
  const kernel: Kernel = {
    methodId: method.id,
    coefficients,
    output: dtype,
    work,
    resultAs: 'F32',
    at,
  };
  for await (const _ of backend.map(blocks, kernel, signal));
  const ended = processorTime();
  const measuring = measures ? between - began : 0;
  return { measure: measuring, map: ended - between, total: measuring + ended - between };
}

function measureCeiling(elements: number, repeats: number): Row {
  const sweep = ceiling(elements);
  sweep();
  const taken = Array.from({ length: repeats + 2 }, () => {
    const began = processorTime();
    sweep();
    return processorTime() - began;
  });
  return {
    Mi: elements / mebi,
    'M elements/s': rounded(elements / least(taken) / 1000),
    'of the median': rounded(elements / median(taken) / 1000),
    'GB/s': rounded((10 * elements) / least(taken) / 1e6),
  };
}

/** Milliseconds that all threads of this process have computed. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const least = (times: readonly number[]) => Math.min(...times);
const median = (times: readonly number[]) =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
