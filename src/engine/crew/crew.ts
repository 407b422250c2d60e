import type { Programs, Variant } from '../../compute/cpu/programs.ts';
import { letGo } from '../../io/let-go.ts';
import { EngineError } from '../errors.ts';
import type { Sources } from '../library/sources.ts';
import type { Take } from '../tensor/make.ts';
import { fromWire, toWire } from '../wire.ts';
import type { CrewFile, CrewResult, CrewTask, FromKernel, ToKernel } from './messages.ts';

export type KernelWorker = Pick<Worker, 'postMessage' | 'addEventListener' | 'terminate'>;

/** What all tasks of a run share. */
export type CrewRun = {
  readonly files: readonly CrewFile[];
  /** Bytes that each worker may hold. */
  readonly share: number;
  /** For files that workers cannot read by themselves. */
  readonly sources: Sources;
  readonly signal: AbortSignal;
};

/** What a task tells while it is done. */
export type Listening = {
  readonly take?: Take;
  readonly seen?: (bytes: number) => void;
};

type Pending = Listening & {
  readonly task: number;
  readonly run: CrewRun;
  readonly what: CrewTask;
  /** Pieces on their way to the file. */
  readonly takes: Promise<void>[];
  readonly resolve: (result: CrewResult) => void;
  readonly reject: (error: unknown) => void;
};

type Seat = {
  readonly worker: KernelWorker;
  readonly pending: Map<number, Pending>;
  run: CrewRun | null;
  /** Called when it has let go of the files of its run. */
  ended: (() => void) | null;
};

/** While one task computes the other reads, or its last piece is on its way. */
const TASKS_PER_WORKER = 2;

/**
 * Kernel workers, up to `size` of them, each started when there is work for it and kept for the next run.
 * A worker that crashes rejects the tasks it had, and the next task starts another.
 */
export class Crew {
  readonly size: number;
  readonly #spawn: () => KernelWorker;
  readonly #programs: Programs;
  readonly #seats = new Set<Seat>();
  readonly #waiting: Pending[] = [];
  #tasks = 0;

  constructor(size: number, spawn: () => KernelWorker, programs: Programs) {
    this.size = size;
    this.#spawn = spawn;
    this.#programs = programs;
  }

  /** Tasks that keep every worker busy. */
  get atOnce(): number {
    return this.size * TASKS_PER_WORKER;
  }

  /** Does one task in some worker. An abort ends all workers: their tasks are of one run. */
  do(run: CrewRun, what: CrewTask, signal: AbortSignal, listening: Listening): Promise<CrewResult> {
    return new Promise<CrewResult>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const abort = () => this.stop(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          signal.removeEventListener('abort', abort);
          settle(value);
        };
      const task = ++this.#tasks;
      this.#waiting.push({
        ...{ task, run, what, takes: [], ...listening },
        resolve: settled(resolve),
        reject: settled(reject),
      });
      this.#assign();
    });
  }

  /** Has all workers let go of the files of a run whose tasks are done. They stay for the next run. */
  async end(run: CrewRun): Promise<void> {
    const seats = [...this.#seats].filter((seat) => seat.run === run);
    await Promise.all(
      seats.map((seat) => {
        seat.run = null;
        const ended = new Promise<void>((resolve) => {
          seat.ended = resolve;
        });
        this.#post(seat, { kind: 'end' });
        return ended;
      }),
    );
  }

  /** Ends all workers. Tasks under way are rejected with `reason`. */
  stop(reason: unknown): void {
    const pending = this.#waiting.splice(0);
    for (const seat of this.#seats) {
      pending.push(...seat.pending.values());
      seat.worker.terminate();
      seat.ended?.();
    }
    this.#seats.clear();
    for (const { reject } of pending) reject(reason);
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const seat = this.#freeSeat();
      if (!seat) return;
      const pending = this.#waiting.shift()!;
      const { task, run, what } = pending;
      seat.pending.set(task, pending);
      if (seat.run !== run) {
        seat.run = run;
        this.#post(seat, { kind: 'begin', files: run.files, share: run.share });
      }
      this.#post(seat, { kind: 'do', task, what });
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
    const seat: Seat = { worker: this.#spawn(), pending: new Map(), run: null, ended: null };
    this.#seats.add(seat);
    seat.worker.addEventListener('message', (event) => {
      this.#hear(seat, (event as MessageEvent<FromKernel>).data);
    });
    seat.worker.addEventListener('error', (event) => this.#crashed(seat, event));
    seat.worker.addEventListener('messageerror', (event) => this.#crashed(seat, event));
    return seat;
  }

  #hear(seat: Seat, message: FromKernel): void {
    switch (message.kind) {
      case 'ended':
        seat.ended?.();
        return;
      case 'program':
        void this.#giveProgram(seat, message.key, message.variant);
        return;
      case 'read':
        void this.#giveBytes(seat, message);
        return;
      case 'piece':
        seat.pending.get(message.task)?.takes.push(this.#take(seat, message));
        return;
      case 'seen':
        seat.pending.get(message.task)?.seen?.(message.bytes);
        return;
      default: {
        const pending = seat.pending.get(message.task);
        seat.pending.delete(message.task);
        if (message.kind === 'failed') pending?.reject(fromWire(message.error));
        else void Promise.all(pending?.takes ?? []).then(() => pending?.resolve(message.result));
        this.#assign();
      }
    }
  }

  async #take(seat: Seat, { task, piece }: Extract<FromKernel, { kind: 'piece' }>): Promise<void> {
    const pending = seat.pending.get(task);
    try {
      await pending?.take?.(piece);
      letGo(piece.bytes);
      this.#post(seat, { kind: 'taken' });
    } catch (error) {
      pending?.reject(error);
    }
  }

  async #giveBytes(
    seat: Seat,
    { ask, model, file, begin, end }: Extract<FromKernel, { kind: 'read' }>,
  ): Promise<void> {
    try {
      const { sources, signal } = seat.run!;
      const read = await sources.weights(model, file).read(begin, end, signal);
      const bytes = read.byteLength === read.buffer.byteLength ? read : read.slice();
      this.#post(seat, { kind: 'read', ask, bytes }, [bytes.buffer]);
    } catch (error) {
      this.#post(seat, { kind: 'unread', ask, error: toWire(error) });
    }
  }

  async #giveProgram(seat: Seat, key: string, variant: Variant): Promise<void> {
    try {
      this.#post(seat, { kind: 'program', key, module: await this.#programs.get(variant) });
    } catch (error) {
      this.#post(seat, { kind: 'no-program', key, error: toWire(error) });
    }
  }

  #post(seat: Seat, message: ToKernel, transfer: Transferable[] = []): void {
    seat.worker.postMessage(message, transfer);
  }

  #crashed(seat: Seat, event: Event): void {
    if (!this.#seats.delete(seat)) return;
    const why = (event as Partial<ErrorEvent>).message;
    seat.worker.terminate();
    seat.ended?.();
    const message = `A kernel worker of the CPU backend stopped${why ? `: ${why}` : ''}`;
    for (const { what, reject } of seat.pending.values()) {
      const tensor = what.kind === 'stretch' ? what.stretch.jobs[0].tensor : '';
      const advice = 'Merge again; if it stops again, lower the memory budget.';
      reject(new EngineError('kernel-worker', message, { tensor, advice }, event));
    }
    this.#assign();
  }
}
