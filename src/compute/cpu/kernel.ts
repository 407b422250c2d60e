/**
 * What a kernel worker does: decode a run of elements, measure or map it, encode. Pure functions of plain
 * data, so the same code runs in a worker, inline and in tests.
 */
import type { At, Keep, Measure } from '../../methods/method.ts';
import { findMethod } from '../../methods/registry.ts';
import { bytesPerElement, type FloatDtype } from '../../numerics/dtype.ts';
import { encode } from '../../numerics/encode.ts';
import { countKept } from '../../numerics/random.ts';
import { roundTo } from '../../numerics/round.ts';
import {
  addToHistogram,
  COARSE_BINS,
  FINE_BINS,
  type Pass,
  tiesOf,
} from '../../numerics/select.ts';
import { absoluteSum, dot } from '../../numerics/sum.ts';
import type { Block, Kernel, Mapped, Work } from '../backend.ts';
import { DecodedChunk } from './decoded-chunk.ts';

/**
 * Elements worked on at a time: the planes of a chunk stay in the processor's cache, and sums are
 * rounded once per chunk. Sums are the same for every block size and every number of workers because
 * measured runs begin at multiples of it.
 */
export const CHUNK = 1 << 14;

/** A block, or a part of one, with what is needed to read it. */
export type Run = Block & {
  readonly dtypes: readonly FloatDtype[];
  readonly hasBase: boolean;
};

/** What one pass over a tensor collects: sums, or a step of a selection. */
export type Wanted =
  | Exclude<Measure, { kind: 'magnitude' }>
  | { readonly kind: 'select'; readonly model: number; readonly pass: Pass };

export type MapTask = { readonly kind: 'map'; readonly run: Run; readonly kernel: Kernel };
export type MeasureTask = {
  readonly kind: 'measure';
  readonly run: Run;
  readonly wanted: readonly Wanted[];
  readonly work: Work;
  readonly at: Kernel['at'];
};
export type Task = MapTask | MeasureTask;

/** One per wanted: a sum for each chunk, or what the selection's pass collects. */
export type Collected = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
export type ResultOf<T extends Task> = T extends MapTask ? Mapped : readonly Collected[];

/** Does a task of either kind. */
export function perform<T extends Task>(task: T): ResultOf<T> {
  return (task.kind === 'map' ? mapRun(task) : measureRun(task)) as ResultOf<T>;
}

/** The run's elements, merged and encoded. Throws when there is no such method. */
export function mapRun({ run, kernel }: MapTask): Mapped {
  const method = findMethod(kernel.methodId);
  if (!method) throw new Error(`There is no merge method "${kernel.methodId}"`);
  const size = bytesPerElement(kernel.output);
  const bytes = new Uint8Array(run.count * size);
  const coefficients = Float32Array.from(kernel.coefficients);
  const round = roundTo(kernel.work);
  const merged = new Float32Array(Math.min(CHUNK, run.count));
  const chunk = new DecodedChunk(run, round);
  const models = run.planes.length - (run.hasBase ? 1 : 0);
  let saturated = 0;
  let nonFinite = 0;
  for (let offset = 0; offset < run.count; offset += CHUNK) {
    const count = Math.min(CHUNK, run.count - offset);
    chunk.moveTo(offset, count);
    const x = Array.from({ length: models }, (_, k) => chunk.plane(k));
    const at: At = { ...kernel.at, start: run.start + offset, round };
    const out = merged.subarray(0, count);
    method.merge(x, run.hasBase ? chunk.plane(models) : NO_BASE, coefficients, at, out);
    const encoded = encode(
      out,
      kernel.output,
      bytes.subarray(offset * size, (offset + count) * size),
    );
    saturated += encoded.saturated;
    nonFinite += encoded.nonFinite;
  }
  return { bytes, saturated, nonFinite };
}

const NO_BASE = new Float32Array(0);

/** What the run contributes to each wanted number. */
export function measureRun({ run, wanted, work, at }: MeasureTask): readonly Collected[] {
  const chunks = Math.ceil(run.count / CHUNK);
  const collected = wanted.map((one) => roomFor(one, chunks));
  const ties: number[][] = wanted.map(() => []);
  const chunk = new DecodedChunk(run, roundTo(work));
  for (let c = 0; c < chunks; c++) {
    const offset = c * CHUNK;
    chunk.moveTo(offset, Math.min(CHUNK, run.count - offset));
    wanted.forEach((one, i) => {
      if (one.kind === 'dot') {
        const values = (k: number) => (one.of === 'weights' ? chunk.plane(k) : chunk.taskVector(k));
        collected[i][c] = dot(values(one.a), values(one.b));
      } else if (one.kind === 'mass') {
        collected[i][c] = massOf(chunk, one.model, one.keep, run.start + offset, at);
      } else if (one.pass.kind === 'ties') {
        for (const position of tiesOf(chunk.taskVector(one.model), one.pass.pattern)) {
          ties[i].push(offset + position);
        }
      } else {
        addToHistogram(one.pass, chunk.taskVector(one.model), collected[i] as Uint32Array);
      }
    });
  }
  return collected.map((room, i) => (ties[i].length > 0 ? Uint32Array.from(ties[i]) : room));
}

function roomFor(one: Wanted, chunks: number): Collected {
  if (one.kind !== 'select') return new Float64Array(chunks);
  if (one.pass.kind === 'ties') return new Uint32Array(0);
  return new Uint32Array(one.pass.kind === 'coarse' ? COARSE_BINS : FINE_BINS);
}

/** Σ |τ| over what is kept. NaN is kept by every trim, so that it shows. */
function massOf(
  chunk: DecodedChunk,
  model: number,
  keep: Keep,
  start: number,
  at: Kernel['at'],
): number {
  const tau = chunk.taskVector(model);
  if (keep.kind === 'all') return absoluteSum(tau);
  const kept = chunk.scratch();
  if (keep.kind === 'largest') {
    const { magnitude, lastIndex } = keep;
    for (let i = 0; i < tau.length; i++) {
      const size = Math.abs(tau[i]);
      const dropped = size < magnitude || (size === magnitude && start + i > lastIndex);
      kept[i] = dropped ? 0 : size;
    }
    return absoluteSum(kept);
  }
  const counts = new Uint8Array(tau.length);
  countKept({ ...keep, tensorKey: at.tensorKey, model: at.ordinals[model] }, start, counts);
  for (let i = 0; i < tau.length; i++) kept[i] = Math.fround(counts[i] / keep.draws);
  // An element that no draw keeps is gone, even a NaN.
  for (let i = 0; i < tau.length; i++) kept[i] = kept[i] === 0 ? 0 : Math.abs(tau[i]) * kept[i];
  return absoluteSum(kept);
}
