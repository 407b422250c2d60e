/** How reading a reply ended: at the end asked for, before it, or by a lost connection. */
export type BodyEnd = 'full' | 'ended' | 'broken';

export type Progress = {
  /** Where the next byte belongs. */
  at: number;
};

/**
 * Streams the body of a reply into its place in `target`, advancing `progress.at` by what came, so that a
 * later request can go on from there. Stops reading at the end of `target`. Rejects only on abort.
 */
export async function readInto(
  response: Response,
  target: Uint8Array,
  progress: Progress,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<BodyEnd> {
  const reader = response.body?.getReader();
  if (!reader) return progress.at === target.length ? 'full' : 'ended';
  try {
    while (progress.at < target.length) {
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) return 'ended';
      const part = value.subarray(0, target.length - progress.at);
      target.set(part, progress.at);
      progress.at += part.length;
      onBytes(part.length);
    }
    return 'full';
  } catch {
    signal?.throwIfAborted();
    return 'broken';
  } finally {
    reader.cancel().catch(() => {}); // a reply longer than asked for
  }
}
