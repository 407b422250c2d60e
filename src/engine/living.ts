/** What a worker says first: the name of a lock that it holds for as long as it lives. */
type Alive = { readonly alive: string };

/**
 * The worker's side. A worker that closed itself, or whose heap ran out, ends without an error event, and
 * whoever waits for it would wait for ever; its locks are let go of in any case.
 */
export function tellAlive(post: (message: Alive) => void): void {
  const alive = `amalgam-alive:${crypto.randomUUID()}`;
  void navigator.locks.request(alive, () => {
    post({ alive });
    return new Promise(() => {});
  });
}

/** The other side: a worker that ends without a word gets an `error` event, as if it had crashed. */
export function watched(worker: Worker): Worker {
  const hear = (event: MessageEvent<Partial<Alive> | null>) => {
    const alive = event.data?.alive;
    if (typeof alive !== 'string') return;
    worker.removeEventListener('message', hear);
    event.stopImmediatePropagation(); // nobody else knows this message
    void navigator.locks.request(alive, { mode: 'shared' }, () => {
      const message = 'it ended without a word, as when its memory runs out';
      worker.dispatchEvent(new ErrorEvent('error', { message }));
    });
  };
  worker.addEventListener('message', hear);
  return worker;
}
