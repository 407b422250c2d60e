import type { LeftOut } from '../formats/beside.ts';
import type { ModelFacts } from '../formats/model-facts.ts';
import type { Published, PublishProgress } from '../hub/publication.ts';
import { whenGone } from '../io/when-gone.ts';
import type { Excerpt } from '../methods/excerpt.ts';
import type { Prospect } from '../plan/outlook.ts';
import type { TableRows, TableWindow } from '../plan/table.ts';
import type { MatchRow } from '../plan/types.ts';
import type { Changes } from '../views/changes.ts';
import type { Close, Patch } from '../views/close.ts';
import type { ConflictMap } from '../views/conflict-map.ts';
import type { Survival } from '../views/survival.ts';
import { EngineError } from './errors.ts';
import { watched } from './living.ts';
import {
  type Answer,
  type BackendChoice,
  type Destination,
  type DeviceReport,
  type EnergyCurve,
  type FinishedMerge,
  type Handle,
  type HubAccess,
  type MosaicRow,
  type PartOf,
  type PlanOrder,
  type Progress,
  type PublishOrder,
  parseEvent,
  type Request,
  type RunOptions,
  type RunResult,
  type Square,
  type StoredFile,
  type Survey,
  type SurveyPart,
  type ToFetch,
  type UnfinishedMerge,
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
type Ask = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

type Pending = RunListeners & {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
};

type Opened = {
  readonly name: string;
  readonly handles: readonly Handle[];
  readonly leftOut: readonly LeftOut[];
};

/** Milliseconds an aborted call waits for the engine to confirm before it is answered anyway. */
const abortPatience = 150;
/** Milliseconds after which an engine that still has not confirmed is taken to stand still, and is ended. */
const endPatience = 15_000;

/** Starts the engine worker when it is first needed. */
export function startEngine(): EngineClient {
  return new EngineClient(
    () => watched(new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' })),
    { whenGone },
  );
}

type Options = {
  /** Resolves when the merge that is being written there has vanished from private storage. */
  readonly whenGone?: (folder: string, signal: AbortSignal) => Promise<void>;
  readonly endPatience?: number;
};

/**
 * The page's view of the engine: typed calls that reject with tagged errors, or with `AbortError`.
 * When the worker crashes every pending call fails with tag `engine-crashed`; the next call starts a
 * new worker and opens the same models again.
 */
export class EngineClient {
  readonly #spawn: () => EnginePort;
  readonly #options: Options;
  readonly #pending = new Map<number, Pending>();
  /** Aborted calls that were answered here but not by the engine yet. */
  readonly #ending = new Set<number>();
  readonly #opened = new Map<string, Opened>();
  #viewer: EngineClient | null = null;
  #access: HubAccess | null = null;
  #port: EnginePort | null = null;
  /** Settles when a restarted worker has the models that were open. */
  #restored: Promise<unknown> = Promise.resolve();
  #startedBefore = false;
  #lastId = 0;

  constructor(spawn: () => EnginePort, options: Options = {}) {
    this.#spawn = spawn;
    this.#options = options;
  }

  /** Reads the headers of one model. Opening an id again replaces what was there. */
  async open(
    modelId: string,
    name: string,
    handles: readonly Handle[],
    leftOut: readonly LeftOut[] = [],
  ): Promise<ModelFacts> {
    const facts = await this.#call({ kind: 'open', modelId, name, handles, leftOut });
    this.#opened.set(modelId, { name, handles, leftOut });
    return facts as ModelFacts;
  }

  async close(modelId: string): Promise<void> {
    this.#opened.delete(modelId);
    await this.#call({ kind: 'close', modelId });
  }

  /** What a run of this would do with the models that are open, or what stands in its way. */
  async plan(order: PlanOrder): Promise<Prospect> {
    return (await this.#call({ kind: 'plan', order })) as Prospect;
  }

  /** Some tensors of that plan, as a table shows them; none while there is no plan. */
  async rows(order: PlanOrder, window: TableWindow): Promise<TableRows> {
    return (await this.#call({ kind: 'rows', order, window })) as TableRows;
  }

  /** All tensors that a finding of that plan concerns; findings are counted as the prospect lists them. */
  async names(order: PlanOrder, finding: number): Promise<readonly string[]> {
    return (await this.#call({ kind: 'names', order, finding })) as readonly string[];
  }

  /** How an adapter of that plan meets the base, module by module. */
  async matches(order: PlanOrder, model: string): Promise<readonly MatchRow[]> {
    return (await this.#call({ kind: 'matches', order, model })) as readonly MatchRow[];
  }

  /**
   * How much an adapter of each rank would keep of that plan; null where nothing is known of it. Modules that are
   * not known by their factors are merged for it with `options`, and left out without.
   */
  async energy(
    order: PlanOrder,
    options: RunOptions | null,
    listeners: Pick<RunListeners, 'signal' | 'onMeasured'> = {},
  ): Promise<EnergyCurve | null> {
    return (await this.#call({ kind: 'energy', order, options }, listeners)) as EnergyCurve | null;
  }

  /**
   * Where the models of that plan pull against each other; null where there is no plan. What would come over the
   * network is told instead, unless `fetches`.
   */
  async conflicts(order: PlanOrder, fetches: boolean): Promise<ConflictMap | ToFetch | null> {
    const answer = await this.#ask({ kind: 'conflicts', order, fetches });
    return answer as ConflictMap | ToFetch | null;
  }

  /** One tensor of that plan as tiles, exactly; null where it is none of it. */
  async closeUp(
    order: PlanOrder,
    tensor: string,
    fetches: boolean,
  ): Promise<Close | ToFetch | null> {
    const answer = await this.#ask({ kind: 'close-up', order, tensor, fetches });
    return answer as Close | ToFetch | null;
  }

  /** A square of its elements. */
  async patch(order: PlanOrder, tensor: string, square: Square): Promise<Patch | null> {
    return (await this.#ask({ kind: 'patch', order, tensor, square })) as Patch | null;
  }

  /** What its models changed; null where nothing is known to have, without a base. Bytes where samples are to be fetched. */
  async changes(order: PlanOrder, tensor: string | null): Promise<Changes | ToFetch | null> {
    return (await this.#ask({ kind: 'changes', order, tensor })) as Changes | ToFetch | null;
  }

  /** How much of those changes its merge would leave; null and bytes as for `changes`. */
  async survival(order: PlanOrder): Promise<Survival | ToFetch | null> {
    return (await this.#ask({ kind: 'survival', order })) as Survival | ToFetch | null;
  }

  /**
   * The elements of that plan's models that pull against each other the most; null where there are none, and where
   * something would have to come over the network and `fetches` is not set.
   */
  async excerpt(order: PlanOrder, fetches: boolean): Promise<Excerpt | null> {
    return (await this.#ask({ kind: 'excerpt', order, fetches })) as Excerpt | null;
  }

  /** Spectra and cosines of all adapters of that plan; null while they are not open, or there is no base. */
  async survey(
    order: PlanOrder,
    listeners: Pick<RunListeners, 'signal' | 'onMeasured'> = {},
  ): Promise<Survey | null> {
    return (await this.#call({ kind: 'survey', order }, listeners)) as Survey | null;
  }

  /** A part of that survey; null where there is none. */
  async surveyPart<P extends SurveyPart>(order: PlanOrder, part: P): Promise<PartOf<P> | null> {
    return (await this.#call({ kind: 'survey-part', order, part })) as PartOf<P> | null;
  }

  /** Which Hub to read from, and as whom, from here on. */
  async access(access: HubAccess): Promise<void> {
    this.#access = access;
    await this.#viewer?.access(access);
    await this.#call({ kind: 'access', access });
  }

  /** Bytes of the Hub's files in private storage, after `clear` what is left of them. */
  async cache(action: 'size' | 'clear'): Promise<number> {
    return (await this.#call({ kind: 'cache', action })) as number;
  }

  /** Which backend a run would use now, and why. */
  async device(choice: BackendChoice): Promise<DeviceReport> {
    return (await this.#call({ kind: 'device', choice })) as DeviceReport;
  }

  /** Plans and carries it out. An abort is answered within 200 ms; the engine tidies up after it. */
  async run(
    order: PlanOrder,
    destination: Destination,
    options: RunOptions,
    listeners: RunListeners = {},
  ): Promise<RunResult> {
    const ask = { kind: 'run', order, destination, options } as const;
    const over = new AbortController();
    if (destination.kind === 'opfs') this.#watch(destination.folder, over.signal);
    try {
      return (await this.#call(ask, listeners)) as RunResult;
    } finally {
      over.abort();
    }
  }

  /**
   * Pushes a finished run to the Hub. An abort is answered when the engine has tidied up the Hub, or has
   * published already: listen to what it says until then.
   */
  async publish(
    from: Destination,
    publication: PublishOrder,
    listeners: Pick<RunListeners, 'signal' | 'onPublish'> = {},
  ): Promise<Published> {
    const ask = { kind: 'publish', from, publication } as const;
    return (await this.#call(ask, listeners)) as Published;
  }

  /** What interrupted runs left behind in private storage. */
  async leftovers(): Promise<readonly UnfinishedMerge[]> {
    return (await this.#call({
      kind: 'leftovers',
      action: 'list',
    })) as readonly UnfinishedMerge[];
  }

  async removeLeftovers(): Promise<void> {
    await this.#call({ kind: 'leftovers', action: 'remove' });
  }

  /** Names of folders in a picked one that hold what is left of an interrupted merge. */
  async unfinishedIn(parent: FileSystemDirectoryHandle): Promise<readonly string[]> {
    return (await this.#call({ kind: 'unfinished-in', parent })) as readonly string[];
  }

  /** Takes away what a run left that came to no end, such as by a crash of the engine. */
  async discard(destination: Destination): Promise<void> {
    await this.#call({ kind: 'discard', destination });
  }

  /** Finished merges that are still in private storage. */
  async finished(): Promise<readonly FinishedMerge[]> {
    return (await this.#call({
      kind: 'finished',
      action: { kind: 'list' },
    })) as readonly FinishedMerge[];
  }

  /** The name for a merge into private storage: `name`, or the next like it that none there has. */
  async freeName(name: string): Promise<string> {
    return (await this.#call({ kind: 'finished', action: { kind: 'free-name', name } })) as string;
  }

  /** The files of a finished merge, each to be downloaded by itself. */
  async files(folder: string): Promise<readonly StoredFile[]> {
    const action = { kind: 'files', folder } as const;
    return (await this.#call({ kind: 'finished', action })) as readonly StoredFile[];
  }

  /** The finished folder as one file, for a download. It takes no room of its own. */
  async zip(folder: string): Promise<Blob> {
    return (await this.#call({ kind: 'finished', action: { kind: 'zip', folder } })) as Blob;
  }

  async removeFinished(folder: string): Promise<void> {
    await this.#call({ kind: 'finished', action: { kind: 'remove', folder } });
  }

  /** Ends the worker. Calls under way fail; a later one starts it again. */
  stop(): void {
    this.#viewer?.stop();
    if (this.#port !== null) this.#end(this.#port, crashError('it was stopped'));
  }

  /** An engine whose storage vanished may stand still in a call that never returns. */
  #watch(folder: string, signal: AbortSignal): void {
    void this.#options.whenGone?.(folder, signal).then(() => {
      if (!signal.aborted && this.#port !== null) this.#end(this.#port, goneError());
    });
  }

  /** What is to be seen is asked of a second engine, so that a merge does not hold it up. */
  async #ask(ask: Ask): Promise<Answer> {
    const viewer = await this.#viewing();
    return viewer.#call(ask);
  }

  /** The second engine, with the models that are open here; starts it when it is first needed. */
  async #viewing(): Promise<EngineClient> {
    if (this.#viewer === null) {
      this.#viewer = new EngineClient(this.#spawn);
      if (this.#access) await this.#viewer.access(this.#access);
    }
    const viewer = this.#viewer;
    const wanted = [...this.#opened].filter(([id, opened]) => viewer.#opened.get(id) !== opened);
    for (const id of viewer.#opened.keys()) if (!this.#opened.has(id)) await viewer.close(id);
    await Promise.all(
      wanted.map(async ([id, opened]) => {
        const { name, handles, leftOut } = opened;
        await viewer.open(id, name, handles, leftOut);
        viewer.#opened.set(id, opened);
      }),
    );
    return viewer;
  }

  async #call(ask: Ask, listeners: RunListeners = {}): Promise<Answer> {
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
          if (port === this.#port && this.#ending.has(id)) this.#end(port, crashError(why));
        }, this.#options.endPatience ?? endPatience);
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
    this.#end(port, crashError((event as Partial<ErrorEvent>).message ?? event.type));
  }

  #end(port: EnginePort, error: EngineError): void {
    port.terminate();
    this.#port = null;
    this.#startedBefore = true;
    this.#ending.clear();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

function goneError(): EngineError {
  const message =
    'The browser’s private storage was emptied while the merge was written there, as when site data is ' +
    'cleared: what was merged so far is gone';
  return new EngineError('storage-gone', message, {
    advice: 'Merge again, or save into a folder you pick.',
  });
}

function crashError(why: string): EngineError {
  return new EngineError('engine-crashed', `The merge engine stopped: ${why}`, {
    advice:
      'Merge again; the page starts a new engine. If it stops again, lower the memory budget.',
  });
}
