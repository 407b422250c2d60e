import type { TaskScore } from '../evaluate/tasks/score.ts';
import type { ToFetch } from '../views/close.ts';
import { type Connection, crashError, type RunListeners } from './connection.ts';
import type { EngineError } from './errors.ts';
import type { ScoreOrder, Subject } from './protocol.ts';

type Listeners = Pick<RunListeners, 'signal' | 'onMeasured'>;

type Waiting = {
  /** Equal for what has equal weights. */
  readonly key: string;
  readonly subject: Subject;
  readonly how: ScoreOrder;
  /** How many engines may work while this one is asked. */
  readonly most: number;
  readonly listeners: Listeners;
  readonly resolve: (found: TaskScore | ToFetch) => void;
  readonly reject: (error: unknown) => void;
};

type Seat = {
  readonly engine: Connection;
  /** What it was asked last: it has that one ready to run. */
  key: string | null;
  /** What it is asked now. */
  call: Waiting | null;
};

/**
 * Engines that run models beside the others, each on a thread of its own, one call at a time each. An engine goes on with the
 * model that it has ready; one that has none left takes the next that nobody has, and in the end helps with another’s.
 */
export class Evaluators {
  readonly #connect: () => Connection;
  readonly #ready: (engine: Connection) => Promise<void>;
  readonly #seats: Seat[] = [];
  readonly #waiting: Waiting[] = [];

  /** `ready` resolves when an engine has the models open that are to be run. */
  constructor(connect: () => Connection, ready: (engine: Connection) => Promise<void>) {
    this.#connect = connect;
    this.#ready = ready;
  }

  /** `most` engines at once, 1 or more. Rejects as a call to one engine does; calls of others go on when one crashes. */
  score(
    subject: Subject,
    how: ScoreOrder,
    most: number,
    listeners: Listeners = {},
  ): Promise<TaskScore | ToFetch> {
    return new Promise((resolve, reject) => {
      const { signal } = listeners;
      if (signal?.aborted) return reject(signal.reason);
      const key = JSON.stringify([subject, how.backend]);
      const call: Waiting = { key, subject, how, most, listeners, resolve, reject };
      const abort = () => {
        const at = this.#waiting.indexOf(call);
        if (at < 0) return; // its engine hears of it
        this.#waiting.splice(at, 1);
        reject(new DOMException('It was cancelled', 'AbortError'));
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(call);
      // What is asked in the same breath is known before any of it is given out.
      queueMicrotask(() => this.#assign());
    });
  }

  /** Ends all of them. Calls under way fail with this, and those that wait. */
  end(error: EngineError): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    for (const { engine } of this.#seats.splice(0)) engine.end(error);
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const { most } = this.#waiting[0];
      const busy = this.#seats.flatMap(({ call }) => call ?? []);
      if (busy.length >= Math.min(most, ...busy.map((call) => call.most))) return;
      this.#leaveRoom(most);
      void this.#ask(...this.#pair(most));
    }
  }

  /** A larger model leaves no room for what others have ready. */
  #leaveRoom(most: number): void {
    for (const seat of this.#seats.toReversed()) {
      if (this.#seats.length <= most) return;
      if (seat.call) continue;
      this.#seats.splice(this.#seats.indexOf(seat), 1);
      seat.engine.end(crashError('it was stopped'));
    }
  }

  /** Of calls beside which as many engines may work. */
  #pair(most: number): [Seat, Waiting] {
    const waiting = this.#waiting.filter((call) => call.most >= most);
    const free = this.#seats.filter(({ call }) => call === null);
    for (const seat of free) {
      const call = waiting.find(({ key }) => key === seat.key);
      if (call) return [seat, call];
    }
    const seat = free[0] ?? this.#open();
    const held = this.#seats.map(({ key }) => key);
    return [seat, waiting.find(({ key }) => !held.includes(key)) ?? waiting[0]];
  }

  #open(): Seat {
    const seat = { engine: this.#connect(), key: null, call: null };
    this.#seats.push(seat);
    return seat;
  }

  async #ask(seat: Seat, call: Waiting): Promise<void> {
    const { key, subject, how, listeners } = call;
    this.#waiting.splice(this.#waiting.indexOf(call), 1);
    seat.key = key;
    seat.call = call;
    try {
      await this.#ready(seat.engine);
      const found = await seat.engine.call({ kind: 'score', subject, how }, listeners);
      call.resolve(found as TaskScore | ToFetch);
    } catch (error) {
      seat.key = null;
      call.reject(error);
    }
    seat.call = null;
    this.#assign();
  }
}
