import type { MergeMethod } from '../../methods/method.ts';
import { findMethod } from '../../methods/registry.ts';
import { bytesPerElement, type FloatDtype, isFloatDtype } from '../../numerics/dtype.ts';
import { tensorKey } from '../../numerics/random.ts';
import { roundTo } from '../../numerics/round.ts';
import type { Job, Plan, Span } from '../../plan/types.ts';
import { planeBlocks, type Reader, readSpan } from './blocks.ts';
import type { Ladder } from '../devices/ladder.ts';
import { copyPiece } from './memory.ts';
import { type CastPart, cast, compute, type MergePart, type Task, workOf } from './merge-part.ts';
import type { TensorReport } from '../protocol.ts';

/** What all jobs of a run share. */
export type Shop = {
  readonly plan: Plan;
  readonly reader: Omit<Reader, 'tensor' | 'outputBytes'>;
  readonly ladder: Ladder;
  /** By expert, when the trim is decided over the whole model. */
  readonly magnitudes: readonly number[] | null;
  readonly signal: AbortSignal;
};

/** Filled in while a job is done. */
export type Tally = { -readonly [K in keyof Omit<TensorReport, 'notes'>]: TensorReport[K] } & {
  readonly notes: string[];
};

export function newTally(job: Job): Tally {
  return {
    tensor: job.tensor,
    backend: 'copy',
    changed: null,
    saturated: 0,
    nonFinite: 0,
    notes: [],
  };
}

/** The bytes of one output tensor, in order, in pieces that fit the budget. */
export async function* produce(
  job: Job,
  tally: Tally,
  shop: Shop,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader: Omit<Reader, 'outputBytes'> = { ...shop.reader, tensor: job.tensor };
  for (const part of job.parts) {
    if (part.kind === 'copy') {
      yield* copy(part.span, reader, shop.signal);
      continue;
    }
    const task = taskOf(part, job, reader, shop);
    const witness = {
      used(backend: { readonly kind: 'cpu' | 'webgpu' }) {
        tally.backend = backend.kind;
      },
      note(text: string) {
        if (!tally.notes.includes(text)) tally.notes.push(text);
      },
    };
    for await (const mapped of compute(task, shop.ladder, witness, shop.signal)) {
      tally.saturated += mapped.saturated;
      tally.nonFinite += mapped.nonFinite;
      yield mapped.bytes;
    }
  }
}

async function* copy(
  span: Span,
  reader: Omit<Reader, 'outputBytes'>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const piece = copyPiece(reader.budget);
  for (let begin = span.begin; begin < span.end; begin += piece) {
    const end = Math.min(span.end, begin + piece);
    yield await readSpan({ ...span, begin, end }, reader, signal);
  }
}

function taskOf(
  part: MergePart | CastPart,
  job: Job,
  reader: Omit<Reader, 'outputBytes'>,
  { plan, magnitudes }: Shop,
): Task {
  const { method, merge } =
    part.kind === 'cast'
      ? { method: cast.method, merge: asMerge(part) }
      : { method: methodOf(plan), merge: part };
  const { planes: models, base, ordinals, elementCount, global, perModel } = merge;
  const work = part.kind === 'cast' ? 'F32' : workOf(plan.arithmetic.work, base, models);
  const output = floatOf(job);
  const planes = { models, base, elementCount };
  return {
    tensor: job.tensor,
    method,
    call: {
      global,
      perModel,
      arithmetic: plan.arithmetic,
      hasBase: base !== null,
      elementCount,
      round: roundTo(work),
    },
    blocks: planeBlocks(planes, { ...reader, outputBytes: bytesPerElement(output) }),
    output,
    work,
    at: { tensorKey: tensorKey(job.tensor), ordinals },
    magnitudes: magnitudes === null ? null : ordinals.map((ordinal) => magnitudes[ordinal]),
  };
}

function asMerge({ plane, elementCount }: CastPart): Omit<MergePart, 'kind'> {
  const { global, perModel } = cast;
  return { planes: [plane], base: null, ordinals: [0], elementCount, global, perModel };
}

function methodOf(plan: Plan): MergeMethod {
  const method = findMethod(plan.method);
  if (method === null) throw new Error(`no method is called ${plan.method}`);
  return method;
}

function floatOf(job: Job): FloatDtype {
  if (isFloatDtype(job.dtype)) return job.dtype;
  throw new Error(`${job.tensor} is ${job.dtype}, which is copied, never computed`);
}
