import type { LeftOut } from '../formats/beside.ts';
import type { PublishProgress } from '../hub/publication.ts';
import { EngineError } from './errors.ts';
import {
  type Answer,
  type Handle,
  type HubAccess,
  type MosaicRow,
  type Progress,
  parseEvent,
  type Request,
} from './protocol.ts';
import { fromWire } from './wire.ts';

/** The engine's end as the page sees it: a worker, or a message port in tests. */
export type EnginePort = {
  postMessage(message: Request): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  addEventListener(type: 'error' | 'messageerror', listener: (event: Event) => void): void;
  /** Ends it, pending work and all. */
  terminate(): void;
};

export type RunListeners = {
  readonly onProgress?: (progress: Progress) => void;
  /** Once, when the run begins. */
  readonly onMosaic?: (rows: readonly MosaicRow[]) => void;
  readonly onPublish?: (progress: PublishProgress) => void;
  readonly onMeasured?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
};

/** A request before it has an id. */
export type Ask = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

type Pending = RunListeners & {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
};

export type Opened = {
  readonly name: string;
  readonly handles: readonly Handle[];
  readonly leftOut: readonly LeftOut[];
};

/** Milliseconds an aborted call waits for the engine to confirm before it is answered anyway. */
const abortPatience = 150;
/** Milliseconds after which an engine that still has not confirmed is taken to stand still, and is ended. */
const usualEndPatience = 15_000;

/**
 * One engine that is started when it is first needed. When its worker crashes every pending call fails with tag
 * `engine-crashed`; the next call starts a new worker and opens the same models again.
 */
export class Connection {
  readonly #spawn: () => EnginePort;
  readonly #endPatience: number;
  readonly #pending = new Map<number, Pending>();
  /** Aborted calls that were answered here but not by the engine yet. */
  readonly #ending = new Set<number>();
  readonly #opened = new Map<string, Opened>();
  #access: HubAccess | null = null;
  #port: EnginePort | null = null;
  /** Settles when a restarted worker has the models that were open. */
  #restored: Promise<unknown> = Promise.resolve();
  #startedBefore = false;
  #lastId = 0;

  constructor(spawn: () => EnginePort, endPatience = usualEndPatience) {
    this.#spawn = spawn;
    this.#endPatience = endPatience;
  }

  async open(modelId: string, opened: Opened): Promise<Answer> {
    const facts = await this.call({ kind: 'open', modelId, ...opened });
    this.#opened.set(modelId, opened);
    return facts;
  }

  async close(modelId: string): Promise<void> {
    this.#opened.delete(modelId);
    await this.call({ kind: 'close', modelId });
  }

  async access(access: HubAccess): Promise<void> {
    this.#access = access;
    await this.call({ kind: 'access', access });
  }

  /** Starts the engine before anything is asked of it. */
  start(): void {
    this.#start();
  }

  /** Opens here what is open there, and as whom. */
  async follow(other: Connection): Promise<void> {
    if (other.#access !== null && other.#access !== this.#access) await this.access(other.#access);
    const gone = [...this.#opened.keys()].filter((id) => !other.#opened.has(id));
    const fresh = [...other.#opened].filter(([id, opened]) => this.#opened.get(id) !== opened);
    await Promise.all([
      ...gone.map((id) => this.close(id)),
      ...fresh.map(([id, opened]) => this.open(id, opened)),
    ]);
  }

  /** Ends the worker, if there is one. Calls under way fail with this; a later one starts it again. */
  end(error: EngineError): void {
    if (this.#port !== null) this.#stop(this.#port, error);
  }

  /** Rejects with a tagged error, or with `AbortError`. */
  async call(ask: Ask, listeners: RunListeners = {}): Promise<Answer> {
    listeners.signal?.throwIfAborted();
    const port = this.#start();
    await this.#restored;
    listeners.signal?.throwIfAborted();
    return this.#send(port, ask, listeners);
  }

  #send(port: EnginePort, ask: Ask, listeners: RunListeners): Promise<Answer> {
    const id = ++this.#lastId;
    const { signal } = listeners;
    return new Promise<Answer>((resolve, reject) => {
      if (port !== this.#port) throw crashError('it ended before it was asked');
      const abort = () => {
        port.postMessage({ kind: 'cancel', id: ++this.#lastId, target: id });
        if (ask.kind === 'publish') return; // what it leaves on the Hub must be heard
        setTimeout(() => {
          if (!this.#pending.delete(id)) return; // whatever it still says is not heard
          this.#ending.add(id);
          reject(new DOMException('The run was cancelled', 'AbortError'));
        }, abortPatience);
        setTimeout(() => {
          const why = 'it did not stop when it was asked to';
          if (port === this.#port && this.#ending.has(id)) this.#stop(port, crashError(why));
        }, this.#endPatience);
      };
      signal?.addEventListener('abort', abort, { once: true });
      const settle = <T>(done: (value: T) => void) => {
        return (value: T) => {
          signal?.removeEventListener('abort', abort);
          done(value);
        };
      };
      this.#pending.set(id, { ...listeners, resolve: settle(resolve), reject: settle(reject) });
      port.postMessage({ ...ask, id });
    });
  }

  #start(): EnginePort {
    if (this.#port !== null) return this.#port;
    const port = this.#spawn();
    this.#port = port;
    port.addEventListener('message', (message) => this.#hear(message.data));
    port.addEventListener('error', (event) => this.#crash(port, event));
    port.addEventListener('messageerror', (event) => this.#crash(port, event));
    if (this.#startedBefore) {
      const access = this.#access;
      if (access) void this.#send(port, { kind: 'access', access }, {}).catch(() => {});
      const again = [...this.#opened].map(([modelId, { name, handles, leftOut }]) =>
        this.#send(port, { kind: 'open', modelId, name, handles, leftOut }, {}),
      );
      // A model that is gone by now fails again, by name, when a run asks for it.
      this.#restored = Promise.allSettled(again);
    }
    return port;
  }

  #hear(data: unknown): void {
    const event = parseEvent(data);
    if (event?.kind === 'done' || event?.kind === 'failed') this.#ending.delete(event.id);
    const pending = event && this.#pending.get(event.id);
    if (!event || !pending) return; // not ours, or of a call that was abandoned
    if (event.kind === 'progress') pending.onProgress?.(event.progress);
    else if (event.kind === 'publishing') pending.onPublish?.(event.progress);
    else if (event.kind === 'measured') pending.onMeasured?.(event.done, event.total);
    else if (event.kind === 'mosaic') pending.onMosaic?.(event.rows);
    else {
      this.#pending.delete(event.id);
      if (event.kind === 'done') pending.resolve(event.value);
      else pending.reject(fromWire(event.error));
    }
  }

  #crash(port: EnginePort, event: Event): void {
    if (port !== this.#port) return;
    this.#stop(port, crashError((event as Partial<ErrorEvent>).message ?? event.type));
  }

  #stop(port: EnginePort, error: EngineError): void {
    port.terminate();
    this.#port = null;
    this.#startedBefore = true;
    this.#ending.clear();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

export function crashError(why: string): EngineError {
  return new EngineError('engine-crashed', `The merge engine stopped: ${why}`, {
    advice: 'Try again; the page starts a new engine. If it stops again, lower the memory budget.',
  });
}
