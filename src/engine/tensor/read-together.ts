import type { Source } from '../../io/source.ts';
import { planesOf, spansOfPlane } from '../../plan/planes.ts';
import type { Job, Part, Span } from '../../plan/types.ts';
import { isAbort } from '../errors.ts';
import { type Sources, weightsKey } from '../library/sources.ts';
import type { Reader } from './blocks.ts';
import { readSpan } from './planes.ts';

type Range = { readonly begin: number; end: number; spans: number };
type Fetched = { readonly begin: number; readonly bytes: Uint8Array<ArrayBuffer> };

/** Bytes nobody asked for that are read along rather than asking twice. */
const GAP = 64 * 1024;
/** Bytes asked for at once. */
const MOST = 16 * 2 ** 20;

/**
 * The same reader with what small tensors need read already: a request to a browser's file or to a server
 * costs as much as many of them. One tensor alone is left to stream.
 */
export async function readTogether<R extends Omit<Reader, 'tensor' | 'outputBytes'>>(
  jobs: readonly Job[],
  reader: R,
  signal: AbortSignal,
): Promise<R> {
  if (jobs.length < 2) return reader;
  const { sources } = reader;
  const fetched = new Map<string, Fetched[]>();
  const wanted = new Map<string, { readonly tensor: string; readonly spans: Span[] }>();
  for (const { tensor, parts } of jobs) {
    for (const span of parts.flatMap(spansOf)) {
      const key = weightsKey(span.model, span.file);
      const known = wanted.get(key) ?? { tensor, spans: [] };
      known.spans.push(span);
      wanted.set(key, known);
    }
  }
  for (const [key, { tensor, spans }] of wanted) {
    const [{ model, file }] = spans;
    const source = sources.weights(model, file);
    if (source.instant) continue;
    const reads = joined(spans).map(async ({ begin, end }): Promise<readonly Fetched[]> => {
      try {
        const bytes = await readSpan({ model, file, begin, end }, { sources, tensor }, signal);
        return [{ begin, bytes }];
      } catch (error) {
        if (isAbort(error)) throw error;
        return []; // each tensor reads for itself, and the one it fails for is named
      }
    });
    fetched.set(key, (await Promise.all(reads)).flat());
  }
  if (fetched.size === 0) return reader;
  const held = (key: string, source: Source): Source => {
    const ranges = fetched.get(key);
    return ranges ? { ...source, read: (...ask) => readFrom(ranges, source, ...ask) } : source;
  };
  const together: Sources = {
    weights: (model, file) => held(weightsKey(model, file), sources.weights(model, file)),
    companion: (model, name) => sources.companion(model, name),
  };
  return { ...reader, sources: together };
}

/** From what was fetched if it is there, else from the source. */
async function readFrom(
  ranges: readonly Fetched[],
  source: Source,
  begin: number,
  end: number,
  signal?: AbortSignal,
  into?: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const range = ranges.find((one) => one.begin <= begin && end <= one.begin + one.bytes.length);
  if (!range) return source.read(begin, end, signal, into);
  return range.bytes.subarray(begin - range.begin, end - range.begin);
}

/** Ranges that hold all spans, and how many each holds; ascending, joined where no more than `gap` bytes are between. */
export function joined(spans: readonly Pick<Span, 'begin' | 'end'>[], gap = GAP): readonly Range[] {
  const ranges: Range[] = [];
  for (const { begin, end } of [...spans].sort((a, b) => a.begin - b.begin)) {
    const last = ranges.at(-1);
    if (last && begin <= last.end + gap && end - last.begin <= MOST) {
      last.end = Math.max(last.end, end);
      last.spans += 1;
    } else if (end > begin) ranges.push({ begin, end, spans: 1 });
  }
  return ranges;
}

/** Every byte range that a part reads. */
export function spansOf(part: Part): readonly Span[] {
  return part.kind === 'copy' ? [part.span] : planesOf(part).flatMap(spansOfPlane);
}
