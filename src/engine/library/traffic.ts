import type { Wait } from '../../hub/connection.ts';

/** What a run has taken from the network, and why it waits for it. */
export type TrafficNow = { readonly downloaded: number; readonly waiting: Wait | null };

/** Counts what comes over the network, for whoever asks since when. */
export class Traffic {
  #bytes = 0;
  #waiting: Wait | null = null;
  readonly #listeners = new Set<() => void>();

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#waiting) this.wait(null);
  }

  /** Null when it goes on. */
  wait(wait: Wait | null): void {
    this.#waiting = wait;
    for (const listener of this.#listeners) listener();
  }

  /** Counts from here. A wait from before is not one of what begins: a cancelled run may have left it. */
  begin(): { now(): TrafficNow; onWait(listener: () => void): () => void } {
    const bytes = this.#bytes;
    const stale = this.#waiting;
    return {
      now: () => ({
        downloaded: this.#bytes - bytes,
        waiting: this.#waiting === stale ? null : this.#waiting,
      }),
      onWait: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }
}
