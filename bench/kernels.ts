/**
 * How fast one core is at the arithmetic: every method on three experts and a base, data in memory. The
 * TypeScript definition and the compiled kernels in turns, by the processor time of this process, so that
 * what else the machine does matters little; garbage collection and compilation count.
 */
import type { Blocks } from '../src/compute/backend.ts';
import type { Dialect } from '../src/methods/dialect.ts';
import { findMethod, methods } from '../src/methods/registry.ts';
import type { FloatDtype } from '../src/numerics/dtype.ts';
import { compiled, definition } from './backends.ts';
import { ceiling } from './ceiling.ts';
import { blocksFor, type Case, merge } from './merge.ts';
import { numberFlag, type Row, rounded, type Surroundings, type Table } from './part.ts';

const mebi = 2 ** 20;

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
  const all = (dialect: Dialect, dtype: FloatDtype) =>
    methods.map((method) => ({ method, dialect, dtype, elements: mebi }));
  const ties = findMethod('ties');
  if (!ties) throw new Error('There is no TIES to measure');
  return [
    ...all('paper', 'BF16'),
    { method: ties, dialect: 'paper', dtype: 'BF16', elements: 16 * mebi },
    ...all('paper', 'F32'),
    ...all('paper', 'F16'),
    ...all('mergekit', 'BF16'),
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
      const taken = await timed(one, blocks, backends[name]);
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

/** Milliseconds of processor time of measuring and of mapping. */
async function timed(
  one: Case,
  blocks: Blocks,
  backend: ReturnType<typeof definition>,
): Promise<Times> {
  const began = processorTime();
  let between = began;
  let measures = false;
  await merge(one, blocks, backend, (asked) => {
    between = processorTime();
    measures = asked;
  });
  const map = processorTime() - between;
  const measure = measures ? between - began : 0;
  return { measure, map, total: measure + map };
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
