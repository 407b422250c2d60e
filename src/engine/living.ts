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

/**
 * The other side: a worker that ends without a word gets an `error` event, as if it had crashed. What is
 * posted to it before it holds its lock waits until it does, so that no message can end it unseen.
 */
export function watched(worker: Worker): Worker {
  const post = worker.postMessage.bind(worker) as (...args: unknown[]) => void;
  const waiting: unknown[][] = [];
  worker.postMessage = (...args: unknown[]) => void waiting.push(args);
  const hear = (event: MessageEvent<Partial<Alive> | null>) => {
    const alive = event.data?.alive;
    if (typeof alive !== 'string') return;
    worker.removeEventListener('message', hear);
    event.stopImmediatePropagation(); // nobody else knows this message
    void watch(worker, alive).finally(() => {
      worker.postMessage = post;
      for (const args of waiting) post(...args);
    });
  };
  worker.addEventListener('message', hear);
  return worker;
}

/** Resolves when it is watched. */
async function watch(worker: Worker, alive: string): Promise<void> {
  // Once site data was cleared, a page and the workers it starts then have no locks in common.
  const { held = [] } = await navigator.locks.query();
  if (!held.some(({ name }) => name === alive)) return;
  void navigator.locks.request(alive, { mode: 'shared' }, () => {
    const message = 'it ended without a word, as when its memory runs out';
    worker.dispatchEvent(new ErrorEvent('error', { message }));
  });
}
