/** How reading a reply ended: at the end asked for, before it, or by a lost connection. */
export type BodyEnd = 'full' | 'ended' | 'broken';

export type Progress = {
  /** Where the next byte belongs. */
  at: number;
};

export type BodyOptions = {
  readonly onBytes: (bytes: number) => void;
  /** A connection that sends nothing for so long is taken to be broken. */
  readonly stallSeconds: number;
  readonly signal: AbortSignal;
};

/**
 * Streams the body of a reply into its place in `target`, advancing `progress.at` by what came, so that a
 * later request can go on from there. Stops at the end of `target`. Rejects only on abort.
 */
export async function readInto(
  response: Response,
  target: Uint8Array,
  progress: Progress,
  { onBytes, stallSeconds, signal }: BodyOptions,
): Promise<BodyEnd> {
  const reader = response.body?.getReader();
  if (!reader) return progress.at === target.length ? 'full' : 'ended';
  const drop = () => reader.cancel().catch(() => {});
  try {
    while (progress.at < target.length) {
      const stall = setTimeout(drop, stallSeconds * 1000);
      const { done, value } = await reader.read().finally(() => clearTimeout(stall));
      signal.throwIfAborted();
      if (done) return 'ended';
      const part = value.subarray(0, target.length - progress.at);
      target.set(part, progress.at);
      progress.at += part.length;
      onBytes(part.length);
    }
  } catch {
    signal.throwIfAborted();
    return 'broken';
  }
  // A reply that is over keeps its connection for the next; one that goes on is longer than asked for.
  reader.read().then(({ done }) => (done ? undefined : drop()), drop);
  return 'full';
}
