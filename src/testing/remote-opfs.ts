import type { Call } from './opfs.worker.ts';

export type RemoteOpfs = {
  /** Rejects with an error that has the `tag` of the one in the worker. */
  call<T = null>(call: Call): Promise<T>;
  /** As closing the tab would. */
  terminate(): void;
  /** Resolves when it stands still at the step that it was told. */
  readonly stopped: Promise<string>;
};

export function remoteOpfs(): RemoteOpfs {
  const worker = new Worker(new URL('./opfs.worker.ts', import.meta.url), { type: 'module' });
  let lastId = 0;
  const stopped = new Promise<string>((resolve) => {
    worker.addEventListener('message', ({ data }) => data.stopped && resolve(data.stopped));
  });
  return {
    stopped,
    terminate: () => worker.terminate(),
    call<T>(call: Call) {
      lastId += 1;
      const id = lastId;
      return new Promise<T>((resolve, reject) => {
        const listen = ({ data }: MessageEvent) => {
          if (data.id !== id) return;
          worker.removeEventListener('message', listen);
          if (data.error) reject(Object.assign(new Error(data.error.message), data.error));
          else resolve(data.value);
        };
        worker.addEventListener('message', listen);
        worker.postMessage({ ...call, id });
      });
    },
  };
}
