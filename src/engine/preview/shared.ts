/** Work that several may wait for: it goes on while one of them does. */
export class Shared<T> {
  readonly #over = new AbortController();
  readonly #work: Promise<T>;
  #waiting = 0;
  #isDone = false;

  /** @param work begins at once; its signal is aborted when nobody waits any more */
  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#work = work(this.#over.signal);
    const done = () => {
      this.#isDone = true;
    };
    this.#work.then(done, done);
  }

  /** Whether it was ended before it was done: who comes now has to begin it anew. */
  get isGivenUp(): boolean {
    return this.#over.signal.aborted;
  }

  /** Calls when it fails or is given up. */
  whenFailed(call: () => void): void {
    this.#work.catch(call);
  }

  /** Rejects with the reason of `signal` when that is aborted first, and as the work does. */
  wait(signal: AbortSignal): Promise<T> {
    if (this.#isDone) return this.#work;
    this.#waiting += 1;
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        this.#waiting -= 1;
        if (this.#waiting === 0 && !this.#isDone) this.#over.abort(signal.reason);
        reject(signal.reason);
      };
      if (signal.aborted) {
        leave();
        return;
      }
      const forget = whenAborted(signal, leave);
      const settled = <V>(settle: (value: V) => void) => {
        return (value: V) => {
          forget();
          settle(value);
        };
      };
      this.#work.then(settled(resolve), settled(reject));
    });
  }
}

const calls = new WeakMap<AbortSignal, Set<() => void>>();

/** One listener for all who wait on a signal: a look waits for many reads at once. Gives what takes `call` back. */
function whenAborted(signal: AbortSignal, call: () => void): () => void {
  const known = calls.get(signal);
  const all = known ?? new Set();
  if (!known) {
    calls.set(signal, all);
    const callAll = () => {
      for (const each of all) each();
    };
    signal.addEventListener('abort', callAll, { once: true });
  }
  all.add(call);
  return () => all.delete(call);
}
