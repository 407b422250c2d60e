import type { Source } from '../../io/source.ts';
import type { Span } from '../../plan/types.ts';
import { type Sources, weightsKey } from '../library/sources.ts';
import { joined } from './read-together.ts';

type Held = {
  readonly begin: number;
  readonly end: number;
  /** Undefined before anybody asked, null where it failed or was cancelled. */
  bytes: Promise<Uint8Array<ArrayBuffer> | null> | undefined;
};

/**
 * Sources in which these spans are read together with what lies near them, when the first of it is asked for. They hold at
 * most `most` bytes, until they are let go of: what there is no room for is read by itself, and so is what failed or was
 * cancelled with `signal`, so that who wants it hears why. From another server nothing is read that nobody asked for.
 */
export function joinedReads(
  spans: readonly Span[],
  sources: Sources,
  most: number,
  signal: AbortSignal,
): Sources {
  const files = new Map<string, Span[]>();
  for (const span of spans) {
    const key = weightsKey(span.model, span.file);
    const known = files.get(key);
    if (known) known.push(span);
    else files.set(key, [span]);
  }
  let room = most;
  const bytesOf = (range: Held, source: Source) => {
    if (range.bytes || range.end - range.begin > room) return range.bytes;
    room -= range.end - range.begin;
    range.bytes = source.read(range.begin, range.end, signal).catch(() => null);
    return range.bytes;
  };
  const joining = new Map<string, Source>();
  for (const [key, own] of files) {
    const source = sources.weights(own[0].model, own[0].file);
    if (source.instant) continue;
    const ranges = joined(own, source.isRemote ? 0 : source.ahead).filter((one) => one.spans > 1);
    const held = ranges.map(({ begin, end }): Held => ({ begin, end, bytes: undefined }));
    joining.set(key, {
      ...source,
      async read(from, to, until, into) {
        const range = rangeOf(held, from, to);
        const bytes = range && (await bytesOf(range, source));
        if (!bytes) return source.read(from, to, until, into);
        until?.throwIfAborted();
        return bytes.subarray(from - range.begin, to - range.begin);
      },
    });
  }
  return {
    companion: (model, name) => sources.companion(model, name),
    weights: (model, file) => joining.get(weightsKey(model, file)) ?? sources.weights(model, file),
  };
}

/** The one that holds all of it; they are ascending and apart. */
function rangeOf(held: readonly Held[], begin: number, end: number): Held | undefined {
  let [low, high] = [0, held.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (held[middle].end < end) low = middle + 1;
    else high = middle;
  }
  const range = held.at(low);
  return range && range.begin <= begin && end <= range.end ? range : undefined;
}
