import type { Source } from './source.ts';

type Window = {
  readonly begin: number;
  readonly end: number;
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>;
};

/** Windows kept of one file: one reader merges while another, a little behind, compares. */
export const mostWindows = 2;
/** Ends of the latest reads: one that begins there goes on through the file. */
const mostReaders = 4;

/**
 * Reads `ahead()` bytes at once for a reader that goes through the file in small steps, so that a far-away
 * file of many small tensors takes few requests. The first read of a place, and reads of `ahead` bytes
 * or more, are passed on as they are. Holds at most `mostWindows` windows.
 */
export function withReadAhead(source: Source, ahead: () => number): Source {
  let windows: readonly Window[] = [];
  let recentEnds: readonly number[] = [];

  function openWindow(begin: number, end: number, signal?: AbortSignal): Window {
    const window: Window = { begin, end, bytes: source.read(begin, end, signal) };
    windows = [window, ...windows.slice(0, mostWindows - 1)];
    window.bytes.catch(() => {
      windows = windows.filter((other) => other !== window);
    });
    return window;
  }

  return {
    ...source,
    async read(begin, end, signal) {
      signal?.throwIfAborted();
      const goesOn = recentEnds.includes(begin);
      recentEnds = [end, ...recentEnds.slice(0, mostReaders - 1)];
      const reach = ahead();
      if (end - begin >= reach) return source.read(begin, end, signal);
      const known = windows.find((window) => window.begin <= begin && end <= window.end);
      if (!known && !goesOn) return source.read(begin, end, signal);
      const window =
        known ?? openWindow(begin, Math.min(source.size, Math.floor(begin + reach)), signal);
      const bytes = await window.bytes;
      signal?.throwIfAborted();
      return bytes.slice(begin - window.begin, end - window.begin);
    },
  };
}
