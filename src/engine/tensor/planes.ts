import { bytesPerElement } from '../../numerics/dtype.ts';
import { encode } from '../../numerics/encode.ts';
import { isComputedPlane, spansOfPlane } from '../../plan/planes.ts';
import type { ComputedPlane, PlaneRef, Span } from '../../plan/types.ts';
import { isAbort, JobError } from '../errors.ts';
import type { Sources } from '../library/sources.ts';
import { computationOf } from './computation.ts';
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
  { formula, inputs, dtype }: ComputedPlane,
  first: number,
  out: Uint8Array<ArrayBuffer>,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<void> {
  const size = bytesPerElement(dtype);
  const last = first + out.length / size;
  const computation = computationOf(formula);
  for (let from = first; from < last; ) {
    signal.throwIfAborted();
    const to = computation.reach(from, last, copyPiece(reader.budget));
    const fetched = await Promise.all(
      computation.needs(from, to).map(async ({ begin, end }, k) => {
        const span = { ...inputs[k], begin: inputs[k].begin + begin, end: inputs[k].begin + end };
        return { begin, bytes: await readSpan(span, reader, signal) };
      }),
    );
    const values = computation.open(fetched);
    while (from < to) {
      const end = computation.chunkEnd(from, to);
      const chunk = new Float32Array(end - from);
      values(from, chunk);
      encodeLoudly(chunk, dtype, out.subarray((from - first) * size, (end - first) * size));
      from = end;
    }
  }
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
