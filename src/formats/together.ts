/** Reads at once: files may be far away, and there may be hundreds. */
const lanes = 8;

/** Does `work` on every item, a few at once; answers in their order. The first failure ends all. */
export async function together<I, T>(
  items: readonly I[],
  work: (item: I, signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<readonly T[]> {
  const stop = new AbortController();
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const results: T[] = [];
  const left = items.entries(); // shared by the lanes
  const lane = async () => {
    for (const [i, item] of left) {
      both.throwIfAborted();
      results[i] = await work(item, both);
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } catch (error) {
    stop.abort();
    throw error;
  }
  return results;
}
