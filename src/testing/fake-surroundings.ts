import type { Surroundings } from '../hub/surroundings.ts';

export type FakeSurroundings = Surroundings & {
  /** Milliseconds of every sleep so far. */
  readonly slept: readonly number[];
  setOnline(online: boolean): void;
};

/** Time passes only in sleeps, which take none; `onSleep` sees each and how many there were. */
export function fakeSurroundings(onSleep?: (count: number) => void): FakeSurroundings {
  const slept: number[] = [];
  let isOnline = true;
  let time = Date.UTC(2026, 0, 1);
  return {
    slept,
    setOnline(online) {
      isOnline = online;
    },
    now: () => time,
    random: () => 0.5,
    online: () => isOnline,
    async sleep(milliseconds, signal) {
      slept.push(milliseconds);
      time += milliseconds;
      await Promise.resolve();
      onSleep?.(slept.length);
      signal?.throwIfAborted();
    },
  };
}
