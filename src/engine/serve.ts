import type { Model } from '../formats/model.ts';
import type { Sink } from '../io/sink.ts';
import type { Source } from '../io/source.ts';
import type { Devices } from './devices.ts';
import { Library } from './library.ts';
import type {
  Answer,
  Destination,
  Event,
  FinishedAction,
  Handle,
  Request,
  RunResult,
  TensorReport,
} from './protocol.ts';
import { parseRequest } from './protocol.ts';
import { run } from './run.ts';
import { toWire } from './wire.ts';

/** Private storage, as far as runs use it. */
export interface Storage {
  /** Folders an interrupted run left, without those a run of another tab is writing. */
  leftovers(): Promise<readonly string[]>;
  removeLeftover(folder: string): Promise<void>;
  finished(): Promise<readonly string[]>;
  files(folder: string): Promise<readonly File[]>;
  zip(folder: string): Promise<File>;
  remove(folder: string): Promise<void>;
}

/** What the engine needs of the world around it; the worker has the real things, tests doubles. */
export type Surroundings = {
  readonly devices: Devices;
  readonly source: (handle: Handle) => Source;
  readonly sink: (destination: Destination) => Promise<Sink>;
  readonly storage: Storage;
  /** Does `work` while the browser knows that this page must not be put to sleep. */
  readonly locked: <T>(work: () => Promise<T>) => Promise<T>;
};

type Reply = (event: Event) => void;

/**
 * The engine's side of the protocol. Runs are done one after the other, all else at once. A run that
 * was cancelled is answered as soon as its sink is empty again.
 */
export function serve(reply: Reply, surroundings: Surroundings): (data: unknown) => void {
  const library = new Library();
  const cancellers = new Map<number, AbortController>();
  let lastRun: Promise<unknown> = Promise.resolve();

  async function answer(request: Exclude<Request, { kind: 'cancel' }>): Promise<Answer> {
    switch (request.kind) {
      case 'open':
        return openModel(request);
      case 'close':
        library.close(request.modelId);
        return null;
      case 'device':
        return surroundings.devices.report(request.choice);
      case 'run': {
        const begun = lastRun.then(() => carryOut(request));
        lastRun = begun.catch(() => {});
        return begun;
      }
      case 'leftovers':
        return leftovers(request.action);
      case 'finished':
        return finished(request.action);
      default:
        return request satisfies never;
    }
  }

  function openModel(request: Extract<Request, { kind: 'open' }>): Promise<Model> {
    return library.open(request.modelId, request.name, request.handles.map(surroundings.source));
  }

  async function carryOut(request: Extract<Request, { kind: 'run' }>): Promise<RunResult> {
    const { id, plan, destination, options } = request;
    const signal = cancellers.get(id)!.signal;
    signal.throwIfAborted();
    let reports: TensorReport[] = [];
    const sendReports = () => {
      if (reports.length > 0) reply({ kind: 'tensors', id, reports });
      reports = [];
    };
    return surroundings.locked(async () => {
      const { devices } = surroundings;
      const acquired = await devices.acquire(options.backend, options.memoryBudget);
      const { backend, fallback, budget, release } = acquired;
      try {
        return await run(plan, {
          sources: library,
          sink: await surroundings.sink(destination),
          backend,
          fallback,
          budget,
          signal,
          events: {
            progress(progress) {
              sendReports();
              reply({ kind: 'progress', id, progress });
            },
            tensor: (report) => reports.push(report),
          },
        });
      } finally {
        sendReports();
        release();
      }
    });
  }

  async function leftovers(action: 'list' | 'remove'): Promise<Answer> {
    const folders = await surroundings.storage.leftovers();
    if (action === 'list') return folders;
    for (const folder of folders) await surroundings.storage.removeLeftover(folder);
    return null;
  }

  async function finished(action: FinishedAction): Promise<Answer> {
    const { storage } = surroundings;
    switch (action.kind) {
      case 'list':
        return storage.finished();
      case 'files':
        return storage.files(action.folder);
      case 'zip':
        return [await storage.zip(action.folder)];
      case 'remove':
        await storage.remove(action.folder);
        return null;
      default:
        return action satisfies never;
    }
  }

  return (data) => {
    const request = parseRequest(data);
    if (request === null) return;
    if (request.kind === 'cancel') {
      cancellers.get(request.target)?.abort();
      return;
    }
    const { id } = request;
    cancellers.set(id, new AbortController());
    answer(request)
      .then(
        (value) => reply({ kind: 'done', id, value }),
        (error: unknown) => reply({ kind: 'failed', id, error: toWire(error) }),
      )
      .finally(() => cancellers.delete(id));
  };
}
