import type { MergeMethod } from '../../methods/method.ts';
import { findMethod } from '../../methods/registry.ts';
import { bytesPerElement, type FloatDtype, isFloatDtype } from '../../numerics/dtype.ts';
import { encode } from '../../numerics/encode.ts';
import { tensorKey } from '../../numerics/random.ts';
import { callOf } from '../../plan/call.ts';
import { planesOf } from '../../plan/planes.ts';
import type { FactorPart, Job, MeasuredSpectrum, MergePart, Plan, Span } from '../../plan/types.ts';
import type { Ladder } from '../devices/ladder.ts';
import type { TensorReport } from '../protocol.ts';
import { planeBlocks, type Reader } from './blocks.ts';
import { comparison, startOf } from './changes.ts';
import { type Merged, makeSide, spectrumOf } from './factors.ts';
import { copyPiece } from './memory.ts';
import { type CastPart, cast, compute, type Task, type Witness } from './merge-part.ts';
import { readSpan } from './planes.ts';
import { partsOf } from './twin.ts';

/** How all tensors of a run are made: plain data, as it travels to kernel workers. */
export type Craft = Pick<Plan, 'method' | 'arithmetic'> & {
  /** By expert, when the trim is decided over the whole model. */
  readonly magnitudes: readonly number[] | null;
};

/** What all jobs of a run share. */
export type Shop = {
  readonly craft: Craft;
  readonly reader: Omit<Reader, 'tensor' | 'outputBytes'>;
  readonly ladder: Ladder;
  readonly signal: AbortSignal;
};

/** What has to be known of how a tensor was made to make some of it once more. */
export type Account = {
  /** Whether it was made like its twin. */
  readonly likewise: boolean;
  /** By part; null for those that nothing was measured for. */
  readonly coefficients: readonly (readonly number[] | null)[];
};

/** Filled in while a job is done. */
export type Tally = { -readonly [K in keyof Omit<TensorReport, 'notes'>]: TensorReport[K] } & {
  readonly notes: string[];
  account: { likewise: boolean; readonly coefficients: (readonly number[] | null)[] };
};

export function newTally(job: Job): Tally {
  return {
    tensor: job.tensor,
    backend: 'copy',
    changed: null,
    saturated: 0,
    nonFinite: 0,
    notes: [],
    account: { likewise: false, coefficients: [] },
  };
}

/** The bytes of one output tensor, in order, in pieces that fit the budget. */
export async function* produce(
  job: Job,
  tally: Tally,
  shop: Shop,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader: Omit<Reader, 'outputBytes'> = { ...shop.reader, tensor: job.tensor };
  const parts = await partsOf(job, reader, shop.signal);
  tally.account.likewise = parts !== job.parts;
  if (tally.account.likewise)
    tally.notes.push(`equal to ${job.twin?.of} in every model, merged like it`);
  const changes = comparison({ ...job, parts }, reader, shop.signal);
  const witness = witnessOf(tally);
  let at = 0;
  for (const [k, part] of parts.entries()) {
    if (part.kind === 'copy') {
      for await (const bytes of copy(part.span, reader, shop.signal)) {
        await changes.feed(bytes, null);
        at += bytes.length;
        yield bytes;
      }
      continue;
    }
    if (part.kind === 'factor') {
      tally.backend = 'cpu'; // finds the factors, whatever merged them
      const merged = mergedFor(job, part, reader, witness.note, shop);
      const side = await makeSide(part, merged, reader, shop.signal);
      if (side.note) witness.note(side.note);
      const bytes = new Uint8Array(job.byteLength);
      tally.saturated += encode(side.values, floatOf(job), bytes).saturated;
      yield bytes;
      continue;
    }
    if (part.kind === 'number') {
      tally.backend = 'cpu';
      const bytes = new Uint8Array(job.byteLength);
      encode(Float32Array.of(part.value), floatOf(job), bytes);
      yield bytes;
      continue;
    }
    const task = taskOf(part, job, floatOf(job), reader, shop.craft);
    const original = planeOfOriginal(part, job, at);
    const measured = (found: readonly number[]) => {
      tally.account.coefficients[k] = found;
    };
    const told = { ...witness, measured };
    for await (const { mapped, planes } of compute(task, shop.ladder, told, shop.signal)) {
      tally.saturated += mapped.saturated;
      tally.nonFinite += mapped.nonFinite;
      await changes.feed(mapped.bytes, planes?.[original] ?? null);
      at += mapped.bytes.length;
      yield mapped.bytes;
    }
  }
  tally.changed = changes.result();
}

/** Singular values of the merge whose factors `job` writes. Errors as those of `produce`. */
export async function measure(job: Job, shop: Shop): Promise<MeasuredSpectrum> {
  const [part] = job.parts;
  if (part?.kind !== 'factor') throw new Error(`${job.tensor} is no factor`);
  const reader = { ...shop.reader, tensor: job.tensor };
  const merged = mergedFor(job, part, reader, () => {}, shop);
  return spectrumOf(part, merged, reader, shop.signal);
}

/** Does the merge that a factor stands for, with the noise of the weight. */
function mergedFor(
  job: Job,
  { of, rows, columns }: FactorPart,
  reader: Omit<Reader, 'outputBytes'>,
  note: Witness['note'],
  shop: Shop,
): Merged {
  const own = { ...job, tensor: of, shape: [rows, columns] };
  return (merge) => wholeOf(taskOf(merge, own, 'F32', reader, shop.craft), note, shop);
}

/** Which plane of a part is the stretch of the original that it would equal; −1 when none is. */
function planeOfOriginal(part: MergePart | CastPart, { original }: Job, at: number): number {
  if (original === null) return -1;
  return planesOf(part).findIndex((plane) => startOf(plane) === startOf(original, at));
}

function witnessOf(tally: Tally): Omit<Witness, 'measured'> {
  return {
    used({ kind }) {
      tally.backend = kind;
    },
    note(text) {
      if (!tally.notes.includes(text)) tally.notes.push(text);
    },
  };
}

/** All of a merge at once, in f32. */
async function wholeOf(task: Task, note: Witness['note'], shop: Shop): Promise<Float32Array> {
  const witness = { used() {}, measured() {}, note };
  const values = new Float32Array(task.blocks.elementCount);
  const bytes = new Uint8Array(values.buffer);
  let at = 0;
  for await (const { mapped } of compute(task, shop.ladder, witness, shop.signal)) {
    bytes.set(mapped.bytes, at);
    at += mapped.bytes.length;
  }
  return values;
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

/** What computes a part, in whatever blocks its planes come. */
export function taskOf(
  part: MergePart | CastPart,
  job: Job,
  output: FloatDtype,
  reader: Omit<Reader, 'outputBytes'>,
  craft: Craft,
): Task {
  const { method: id, arithmetic } = (part.kind === 'merge' && part.craft) || craft;
  const { method, merge } =
    part.kind === 'cast'
      ? { method: cast.method, merge: asMerge(part) }
      : { method: methodOf(id), merge: part };
  const { magnitudes } = craft;
  const { planes: models, base, ordinals, elementCount, precision } = merge;
  const { readAs, work, resultAs } = precision;
  const call = callOf(merge, job, arithmetic);
  const guides = method.guides?.count(call) ?? 0;
  const planes = { models, base, readAs, elementCount, guides };
  return {
    tensor: job.tensor,
    method,
    call,
    blocks: planeBlocks(planes, { ...reader, outputBytes: bytesPerElement(output) }),
    output,
    work,
    resultAs,
    at: { tensorKey: tensorKey(job.twin?.of ?? job.tensor), ordinals },
    magnitudes:
      magnitudes === null || id !== craft.method
        ? null
        : ordinals.map((ordinal) => magnitudes[ordinal]),
  };
}

function asMerge({ plane, precision, elementCount }: CastPart): Omit<MergePart, 'kind'> {
  const { global, perModel } = cast;
  const numbers = { elementCount, precision, global, perModel };
  return { planes: [plane], base: null, ordinals: [0], ...numbers };
}

function methodOf(id: string): MergeMethod {
  const method = findMethod(id);
  if (method === null) throw new Error(`no method is called ${id}`);
  return method;
}

function floatOf(job: Job): FloatDtype {
  if (isFloatDtype(job.dtype)) return job.dtype;
  throw new Error(`${job.tensor} is ${job.dtype}, which is copied, never computed`);
}
