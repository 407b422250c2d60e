import type { ResultOf, Task } from './task.ts';

type Result = ResultOf<Task>;

/** What a kernel worker answers to the task of the same id. */
export type Reply =
  | { readonly id: number; readonly ok: true; readonly result: Result }
  | { readonly id: number; readonly ok: false; readonly message: string };

export type WorkerLike = Pick<Worker, 'postMessage' | 'addEventListener' | 'terminate'>;

/** A kernel worker stopped working, or could not do its task. */
export class KernelWorkerError extends Error {
  override readonly name = 'KernelWorkerError';
  readonly tag = 'kernel-worker';
  readonly context: Readonly<Record<string, unknown>>;

  constructor(message: string, context: Readonly<Record<string, unknown>>, cause?: unknown) {
    super(message, { cause });
    this.context = context;
  }
}

type Pending = {
  readonly id: number;
  readonly task: Task;
  readonly transfer: readonly Transferable[];
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
};

type Seat = { readonly worker: WorkerLike; readonly pending: Map<number, Pending> };

/** A second task waits in each worker, so that it need not idle while its answer travels. */
const TASKS_PER_WORKER = 2;

/**
 * Up to `size` kernel workers, each started when there is work for it. A worker that crashes rejects the
 * tasks it had and is replaced when the next task comes.
 */
export class Pool {
  readonly size: number;
  readonly #spawn: () => WorkerLike;
  readonly #seats = new Set<Seat>();
  readonly #waiting: Pending[] = [];
  #lastId = 0;

  constructor(size: number, spawn: () => WorkerLike) {
    this.size = size;
    this.#spawn = spawn;
  }

  /** Does one task in some worker. The buffers in `transfer` are gone afterwards. */
  run<T extends Task>(
    task: T,
    transfer: readonly Transferable[],
    signal: AbortSignal,
  ): Promise<ResultOf<T>> {
    return new Promise<Result>((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const id = ++this.#lastId;
      // A task that has begun runs to its end, some milliseconds; its answer is not waited for.
      const abort = () => {
        const place = this.#waiting.findIndex((pending) => pending.id === id);
        if (place >= 0) this.#waiting.splice(place, 1);
        reject(signal.reason);
      };
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          signal.removeEventListener('abort', abort);
          settle(value);
        };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.push({
        id,
        task,
        transfer,
        resolve: settled(resolve),
        reject: settled(reject),
      });
      this.#assign();
    }) as Promise<ResultOf<T>>;
  }

  dispose(): void {
    const reason = new DOMException('The kernel workers were stopped', 'AbortError');
    const pending = [
      ...this.#waiting.splice(0),
      ...[...this.#seats].flatMap((s) => [...s.pending.values()]),
    ];
    for (const seat of this.#seats) seat.worker.terminate();
    this.#seats.clear();
    for (const { reject } of pending) reject(reason);
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const seat = this.#freeSeat();
      if (!seat) return;
      const pending = this.#waiting.shift()!;
      seat.pending.set(pending.id, pending);
      seat.worker.postMessage({ id: pending.id, task: pending.task }, [...pending.transfer]);
    }
  }

  /** An idle worker, else a new one, else one that still takes a task. */
  #freeSeat(): Seat | null {
    const seats = [...this.#seats].sort((a, b) => a.pending.size - b.pending.size);
    if (seats[0]?.pending.size === 0) return seats[0];
    if (seats.length < this.size) return this.#open();
    return seats[0].pending.size < TASKS_PER_WORKER ? seats[0] : null;
  }

  #open(): Seat {
    const seat: Seat = { worker: this.#spawn(), pending: new Map() };
    this.#seats.add(seat);
    seat.worker.addEventListener('message', (event) => {
      const reply = (event as MessageEvent<Reply>).data;
      const pending = seat.pending.get(reply.id);
      seat.pending.delete(reply.id);
      if (reply.ok) pending?.resolve(reply.result);
      else pending?.reject(new KernelWorkerError(reply.message, contextOf(pending)));
      this.#assign();
    });
    seat.worker.addEventListener('error', (event) => this.#crashed(seat, event));
    seat.worker.addEventListener('messageerror', (event) => this.#crashed(seat, event));
    return seat;
  }

  #crashed(seat: Seat, event: Event): void {
    const why = (event as Partial<ErrorEvent>).message;
    this.#seats.delete(seat);
    seat.worker.terminate();
    for (const pending of seat.pending.values()) {
      const message = `A kernel worker of the CPU backend stopped${why ? `: ${why}` : ''}`;
      pending.reject(new KernelWorkerError(message, contextOf(pending), event));
    }
    this.#assign();
  }
}

function contextOf({ task }: Pending): Readonly<Record<string, unknown>> {
  const { start, count } = task.run;
  return { step: task.kind, firstElement: start, elementCount: count };
}
