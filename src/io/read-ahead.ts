import type { Source } from './source.ts';

type Window = {
  readonly source: Source;
  readonly begin: number;
  readonly end: number;
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>;
};

/** Windows kept: one reader merges, another compares a little behind it, and the next window comes. */
export const mostWindows = 3;
/** Ends of the latest reads: one that begins there goes on through the file. */
const mostReaders = 4;

/**
 * Reads `reach()` bytes at once for readers that go through the files of one model in small steps, and the
 * next as many while they are at it, so that far-away files of many small tensors take few requests and
 * little waiting. The first read of a place, and reads of that many bytes or more, are passed on as they
 * are. All files together hold at most `mostWindows` windows.
 */
export class ReadAhead {
  readonly #reach: () => number;
  #windows: readonly Window[] = [];

  constructor(reach: () => number) {
    this.#reach = reach;
  }

  /** The file with reading ahead. */
  of(source: Source): Source {
    let recentEnds: readonly number[] = [];
    return {
      ...source,
      read: async (begin, end, signal) => {
        signal?.throwIfAborted();
        const goesOn = recentEnds.includes(begin);
        recentEnds = [end, ...recentEnds.slice(0, mostReaders - 1)];
        const known = this.#windowAt(source, begin, end);
        const isLarge = end - begin >= this.#reach();
        if (isLarge || (!known && !goesOn)) return source.read(begin, end, signal);
        const window = known ?? this.#open(source, begin, signal);
        const next = window.end;
        if (goesOn && next < source.size && !this.#windowAt(source, next, next + 1)) {
          this.#open(source, next, signal);
        }
        const bytes = await window.bytes;
        signal?.throwIfAborted();
        return bytes.slice(begin - window.begin, end - window.begin);
      },
    };
  }

  /** Lets go of all it holds. */
  forget(): void {
    this.#windows = [];
  }

  #windowAt(source: Source, begin: number, end: number): Window | undefined {
    return this.#windows.find(
      (one) => one.source === source && one.begin <= begin && end <= one.end,
    );
  }

  #open(source: Source, begin: number, signal?: AbortSignal): Window {
    const end = Math.min(source.size, begin + Math.floor(this.#reach()));
    const window: Window = { source, begin, end, bytes: source.read(begin, end, signal) };
    this.#windows = [window, ...this.#windows.slice(0, mostWindows - 1)];
    window.bytes.catch(() => {
      this.#windows = this.#windows.filter((other) => other !== window);
    });
    return window;
  }
}
