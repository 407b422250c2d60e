import { bytesPerElement } from '../../numerics/dtype.ts';
import { encode } from '../../numerics/encode.ts';
import { isComputedPlane, spansOfPlane } from '../../plan/planes.ts';
import type { ComputedPlane, PlaneRef, Span } from '../../plan/types.ts';
import { isAbort, JobError } from '../errors.ts';
import type { Sources } from '../library/sources.ts';
import type { Fetched, Range } from './codes.ts';
import type { Before, Computation, Values } from './computation.ts';
import { computationOf } from './computation-of.ts';
import { copyPiece } from './memory.ts';

/** What a read needs to know: where bytes come from, for which tensor, and how many may be held. */
export type PlaneReader = {
  readonly sources: Sources;
  /** For error messages. */
  readonly tensor: string;
  readonly budget: number;
};

/**
 * `count` elements of a plane from its element `first` on, as raw bytes of its dtype; in `into` if given.
 * Stored values are fetched, others computed from what is fetched, piece by piece, so that little more than
 * the result is held.
 */
export async function readPlane(
  plane: PlaneRef,
  first: number,
  count: number,
  reader: PlaneReader,
  signal: AbortSignal,
  into?: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const size = bytesPerElement(plane.dtype);
  if (isComputedPlane(plane)) {
    const out = into ?? new Uint8Array(count * size);
    await computeInto(plane, plane.from + first, out, reader, signal);
    return out;
  }
  const begin = plane.begin + first * size;
  const ranges = spansOfPlane({ ...plane, begin, end: begin + count * size });
  return readRanges(ranges, reader, signal, into);
}

/** Ranges of one plane that are read at a time. */
const TOGETHER = 8;

/** The bytes of ranges, one after the other. */
async function readRanges(
  ranges: readonly Span[],
  reader: PlaneReader,
  signal: AbortSignal,
  into?: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  if (ranges.length === 1) return readSpan(ranges[0], reader, signal, into);
  const length = ranges.reduce((sum, { begin, end }) => sum + end - begin, 0);
  const bytes = into ?? new Uint8Array(length);
  let at = 0;
  for (let k = 0; k < ranges.length; k += TOGETHER) {
    const reads = ranges.slice(k, k + TOGETHER).map((range) => {
      const from = at;
      at += range.end - range.begin;
      return readSpan(range, reader, signal, bytes.subarray(from, at));
    });
    await Promise.all(reads);
  }
  return bytes;
}

/** Elements of the whole tensor from `first` on, as many as `out` takes. */
async function computeInto(
  plane: ComputedPlane,
  first: number,
  out: Uint8Array<ArrayBuffer>,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<void> {
  const { dtype } = plane;
  const size = bytesPerElement(dtype);
  const last = first + out.length / size;
  const computation = computationOf(plane);
  const known = computation.before
    ? await foldOnce(plane, computation.before, reader, signal)
    : null;
  // Values of F32 need no rounding, and NaNs of an update are never compared.
  const inPlace = dtype === 'F32' && plane.formula.kind === 'update' && out.byteOffset % size === 0;
  const work = { plane, computation, known };
  await computeEach(work, [first, last], reader, signal, (from, to, values) => {
    const place = out.subarray((from - first) * size, (to - first) * size);
    if (inPlace) {
      values(from, new Float32Array(place.buffer, place.byteOffset, to - from));
      return;
    }
    const chunk = new Float32Array(to - from);
    values(from, chunk);
    encodeLoudly(chunk, dtype, place);
  });
}

/** What came of passes over planes: a plane that is read block by block is gone over once. */
const folded = new WeakMap<ComputedPlane, Float64Array>();

async function foldOnce(
  plane: ComputedPlane,
  { computation, elements, fold }: Before,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<Float64Array> {
  const known = folded.get(plane);
  if (known) return known;
  const { take, result } = fold();
  const work = { plane, computation, known: null };
  await computeEach(work, [0, elements], reader, signal, (from, to, values) => {
    const chunk = new Float32Array(to - from);
    values(from, chunk);
    take(from, chunk);
  });
  const made = result();
  folded.set(plane, made);
  return made;
}

type Work = {
  readonly plane: ComputedPlane;
  readonly computation: Computation;
  readonly known: Float64Array | null;
};

/** Elements [first, last), chunk by chunk in their order, each from what was fetched for its piece. */
async function computeEach(
  { plane: { inputs }, computation, known }: Work,
  [first, last]: readonly [number, number],
  reader: PlaneReader,
  signal: AbortSignal,
  make: (from: number, to: number, values: Values) => void,
): Promise<void> {
  let before: readonly Fetched[] = [];
  for (let from = first; from < last; ) {
    signal.throwIfAborted();
    const to = computation.reach(from, last, copyPiece(reader.budget));
    const fetched = await Promise.all(
      computation.needs(from, to).map((range, k) => {
        const there = before.at(k);
        if (there && isSame(there, range)) return there;
        return fetch(inputs[k], range, reader, signal);
      }),
    );
    before = fetched;
    const values = await computation.open(fetched, known);
    while (from < to) {
      const end = computation.chunkEnd(from, to);
      make(from, end, values);
      from = end;
    }
  }
}

function isSame({ begin, bytes }: Fetched, range: Range): boolean {
  return begin === range.begin && begin + bytes.length === range.end;
}

async function fetch(
  input: Span,
  { begin, end }: Range,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<Fetched> {
  if (begin === end) return { begin, bytes: new Uint8Array() };
  const span = { ...input, begin: input.begin + begin, end: input.begin + end };
  return { begin, bytes: await readSpan(span, reader, signal) };
}

/** What is too large for the dtype becomes infinite, as in the tools that wrote it, and so is reported. */
function encodeLoudly(
  values: Float32Array,
  dtype: ComputedPlane['dtype'],
  out: Uint8Array<ArrayBuffer>,
): void {
  if (encode(values, dtype, out).saturated === 0) return;
  const limit = dtype === 'F16' ? 65_520 : 2 ** 128 - 2 ** 119; // halfway from the largest to the next
  const loud = values.map((value) =>
    Math.abs(value) < limit ? value : Math.sign(value) * Infinity,
  );
  encode(loud, dtype, out);
}

/** Bytes of a span, in `into` if given; failures name tensor and file. */
export async function readSpan(
  span: Span,
  reader: Pick<PlaneReader, 'sources' | 'tensor'>,
  signal: AbortSignal,
  into?: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = reader.sources.weights(span.model, span.file);
  try {
    const bytes = await source.read(span.begin, span.end, signal, into);
    if (into === undefined || bytes === into) return bytes;
    into.set(bytes);
    return into;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new JobError({ step: 'read', tensor: reader.tensor, file: source.name }, error);
  }
}
