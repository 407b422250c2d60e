import type { Source } from './source.ts';

type Window = {
  readonly source: Source;
  readonly begin: number;
  readonly end: number;
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>;
  readonly stop: AbortController;
  /** Reads that wait for the bytes. */
  waiting: number;
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
        window.waiting += 1;
        try {
          const next = window.end;
          if (goesOn && next < source.size && !this.#windowAt(source, next, next + 1)) {
            this.#open(source, next, signal);
          }
          const bytes = await window.bytes;
          signal?.throwIfAborted();
          return bytes.slice(begin - window.begin, end - window.begin);
        } finally {
          window.waiting -= 1;
        }
      },
    };
  }

  /** Lets go of all it holds, and of what is under way for nobody. */
  forget(): void {
    this.#keep([]);
  }

  #keep(windows: readonly Window[]): void {
    const dropped = this.#windows.filter((one) => !windows.includes(one));
    this.#windows = windows;
    for (const { waiting, stop } of dropped) if (waiting === 0) stop.abort();
  }

  #windowAt(source: Source, begin: number, end: number): Window | undefined {
    return this.#windows.find(
      (one) => one.source === source && one.begin <= begin && end <= one.end,
    );
  }

  #open(source: Source, begin: number, signal?: AbortSignal): Window {
    const end = Math.min(source.size, begin + Math.floor(this.#reach()));
    const stop = new AbortController();
    const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const bytes = source.read(begin, end, both);
    const window: Window = { source, begin, end, bytes, stop, waiting: 0 };
    this.#keep([window, ...this.#windows.slice(0, mostWindows - 1)]);
    window.bytes.catch(() => this.#keep(this.#windows.filter((other) => other !== window)));
    return window;
  }
}
