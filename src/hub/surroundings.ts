/** Clock, chance and network as a test may set them. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the reason of an abort. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
  online(): boolean;
}

export const realSurroundings: Surroundings = {
  now: Date.now,
  random: Math.random,
  // Node before 21 has no navigator.
  online: () => globalThis.navigator?.onLine !== false,
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, milliseconds);
      signal?.addEventListener('abort', stop, { once: true });
    }),
};
