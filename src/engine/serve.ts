import { factsOf, type ModelFacts } from '../formats/model-facts.ts';
import type { Publication, Published, PublishProgress } from '../hub/publication.ts';
import type { Sink } from '../io/sink.ts';
import type { Source } from '../io/source.ts';
import { decomposes } from '../plan/decompositions.ts';
import type { Plan } from '../plan/types.ts';
import type { Auditor } from './check/auditor.ts';
import type { Crew } from './crew/crew.ts';
import type { Devices } from './devices/devices.ts';
import { EngineError } from './errors.ts';
import type { Evaluator } from './evaluate/evaluator.ts';
import type { ToWrite } from './gguf/prepare.ts';
import { Library } from './library/library.ts';
import { Planner } from './library/planner.ts';
import { filesToPublish } from './library/publication.ts';
import { partOf } from './library/survey-parts.ts';
import { Surveyor } from './library/surveyor.ts';
import type { Traffic } from './library/traffic.ts';
import { Viewer } from './preview/viewer.ts';
import type {
  Answer,
  Destination,
  Event,
  FinishedAction,
  FinishedMerge,
  GgufFrom,
  GgufResult,
  Handle,
  HubAccess,
  PlanOrder,
  Request,
  RunOptions,
  RunResult,
  StoredFile,
  UnfinishedMerge,
} from './protocol.ts';
import { parseRequest } from './protocol.ts';
import { awaitsRanks, energyFor, isOfFactors, measureFor } from './run/measuring.ts';
import { Mosaic } from './run/mosaic.ts';
import type { Metered } from './run/progress.ts';
import { run } from './run/run.ts';
import { toWire } from './wire.ts';

/** Private storage, as far as runs use it. */
export interface Storage {
  /** What interrupted runs left, without those that a run of another tab is writing. */
  unfinished(): Promise<readonly UnfinishedMerge[]>;
  /** Names of folders in a picked one that hold an unfinished merge. */
  unfinishedIn(parent: FileSystemDirectoryHandle): Promise<readonly string[]>;
  /** Takes away what a run left there that came to no end. */
  discard(destination: Destination): Promise<void>;
  finished(): Promise<readonly FinishedMerge[]>;
  /** `name`, or the next like it that no merge has. */
  freeName(name: string): Promise<string>;
  /** The files of a finished merge, wherever it was written to. */
  written(destination: Destination): Promise<readonly StoredFile[]>;
  zip(folder: string): Promise<Blob>;
  remove(folder: string): Promise<void>;
}

/** Files that come over the network. */
export interface Remote {
  access(access: HubAccess): void;
  /** Bytes of them in private storage. */
  cached(): Promise<number>;
  clearCache(): Promise<void>;
  /** Lets go of what is in the way of so many bytes in private storage; 0 when they are written. */
  makeRoom(bytes: number): Promise<void>;
  publish(
    publication: Publication,
    options: { signal: AbortSignal; onProgress: (progress: PublishProgress) => void },
  ): Promise<Published>;
  readonly traffic: Traffic;
}

/** What the engine needs of the world around it; the worker has the real things, tests doubles. */
export type Surroundings = {
  readonly devices: Devices;
  readonly source: (handle: Handle) => Source;
  readonly remote: Remote;
  /** Kernel workers of the CPU backend; null where the engine's own thread does its work. */
  readonly crew: Crew | null;
  /** For one run. */
  readonly auditor: () => Auditor;
  readonly sink: (destination: Destination) => Promise<Sink>;
  readonly storage: Storage;
  /** Does `work` while the browser knows that this page must not be put to sleep. */
  readonly locked: <T>(work: () => Promise<T>) => Promise<T>;
};

type Reply = (event: Event) => void;

/**
 * The engine's side of the protocol. Runs are done one after the other, and so are publications; all else
 * at once. A run that was cancelled is answered as soon as its sink is empty again, a publication when what
 * it made on the Hub is gone.
 */
export function serve(reply: Reply, surroundings: Surroundings): (data: unknown) => void {
  const library = new Library();
  const planner = new Planner(library);
  const viewer = new Viewer(library, (order) => {
    const planned = planner.planToSee(order);
    return 'plan' in planned ? planned.plan : null;
  });
  const surveyor = new Surveyor(library);
  /** Loaded when somebody evaluates. */
  let evaluator: Promise<Evaluator> | null = null;
  const cancellers = new Map<number, AbortController>();
  const runs = queue();
  const publications = queue();

  async function answer(request: Exclude<Request, { kind: 'cancel' }>): Promise<Answer> {
    const reading = 'order' in request ? planner.waits(request.order) : null;
    if (reading) await reading;
    switch (request.kind) {
      case 'open':
        return openModel(request);
      case 'close':
        library.close(request.modelId);
        return null;
      case 'plan':
        return planner.prospect(request.order);
      case 'rows':
        return planner.rows(request.order, request.window);
      case 'names':
        return planner.names(request.order, request.finding);
      case 'matches':
        return planner.matches(request.order, request.model);
      case 'energy':
        return energy(request);
      case 'conflicts':
        return viewer.conflicts(
          request.order,
          request.fetches,
          ...heard(request),
          request.isCoarse,
        );
      case 'close-up':
        return viewer.tensor(request.order, request.tensor, request.fetches, signalOf(request));
      case 'patch':
        return viewer.patch(request.order, request.tensor, request.square, signalOf(request));
      case 'changes':
        return viewer.changes(request.order, request.tensor, ...heard(request));
      case 'survival':
        return viewer.survival(request.order, ...heard(request));
      case 'difference': {
        const [first, second] = request.models.map((id) => library.model(id));
        const { tensor, fetches } = request;
        return viewer.difference(first, second, { tensor, fetches }, ...heard(request));
      }
      case 'outcome':
        return viewer.outcome(request.order, ...heard(request));
      case 'excerpt':
        return viewer.excerpt(request.order, request.at, request.fetches, signalOf(request));
      case 'score':
        evaluator ??= evaluatorOf();
        return (await evaluator).score(request.subject, request.how, ...heard(request));
      case 'survey':
        return (await survey(request))?.survey ?? null;
      case 'survey-part': {
        const found = await survey(request);
        return found && partOf(found, request.part);
      }
      case 'device':
        return surroundings.devices.report(request.choice);
      case 'access':
        surroundings.remote.access(request.access);
        return null;
      case 'cache':
        if (request.action === 'clear') await surroundings.remote.clearCache();
        return surroundings.remote.cached();
      case 'run':
        return runs(() => carryOut(request));
      case 'gguf-outlook':
        return ggufOutlook(request.from);
      case 'tokens':
        return (await gguf()).textTokens(await toWrite(request.from), request.text);
      case 'gguf':
        return runs(() => exportGguf(request));
      case 'publish':
        return publications(() => publish(request));
      case 'leftovers':
        return leftovers(request.action);
      case 'unfinished-in':
        return surroundings.storage.unfinishedIn(request.parent);
      case 'discard':
        // After the run that wrote there, which may still be ending.
        await runs(() => surroundings.storage.discard(request.destination));
        return null;
      case 'finished':
        return finished(request.action);
      default:
        return request satisfies never;
    }
  }

  async function evaluatorOf(): Promise<Evaluator> {
    const { Evaluator } = await import('./evaluate/evaluator.ts');
    return new Evaluator(library, {
      plan: async (order) => {
        await planner.waits(order);
        return planFor(order);
      },
      acquire: (budget) => surroundings.devices.acquire('cpu', budget),
    });
  }

  function signalOf({ id }: Request): AbortSignal {
    return cancellers.get(id)!.signal;
  }

  /** Tells of its progress, ten times a second at most. */
  function heard(request: Request) {
    let last = performance.now();
    const tell = (done: number, total: number) => {
      if (performance.now() - last < 100) return;
      last = performance.now();
      reply({ kind: 'measured', id: request.id, done, total });
    };
    return [signalOf(request), tell] as const;
  }

  async function openModel(request: Extract<Request, { kind: 'open' }>): Promise<ModelFacts> {
    const { modelId, name, handles, leftOut } = request;
    viewer.forget();
    void evaluator?.then((made) => made.forget());
    return factsOf(
      await library.open(modelId, name, handles.map(surroundings.source), undefined, leftOut),
    );
  }

  /** What is told by factors at once; what has to be merged for it after the runs that came before. */
  async function energy({ id, order, options }: Extract<Request, { kind: 'energy' }>) {
    const signal = cancellers.get(id)!.signal;
    const measure = async (how: RunOptions, crew: Crew | null, which?: typeof isOfFactors) => {
      signal.throwIfAborted();
      const acquired = await surroundings.devices.acquire(how.backend, how.memoryBudget);
      const progress = ({ tensorsDone: done, tensorsTotal: total }: Metered) =>
        reply({ kind: 'measured', id, done, total });
      try {
        const work = { ...acquired, sources: library, crew, signal, progress };
        await measureFor(order, planner, work, which);
      } finally {
        acquired.release();
      }
    };
    await measure({ backend: 'cpu', memoryBudget: Number.POSITIVE_INFINITY }, null, isOfFactors);
    if (options) await runs(() => surroundings.locked(() => measure(options, surroundings.crew)));
    return energyFor(order, planner);
  }

  /** One that was made is not made again, whichever of its parts is asked for. */
  function survey({ id, order }: Extract<Request, { kind: 'survey' | 'survey-part' }>) {
    const tell = (done: number, total: number) => reply({ kind: 'measured', id, done, total });
    return surveyor.survey(order.recipe, cancellers.get(id)!.signal, tell);
  }

  function planFor(order: PlanOrder): Plan {
    const planned = planner.plan(order);
    if ('plan' in planned) return planned.plan;
    const [{ message, advice }] = planned.findings;
    throw new EngineError('not-ready', `This cannot be merged: ${message}`, { advice });
  }

  async function carryOut(request: Extract<Request, { kind: 'run' }>): Promise<RunResult> {
    const { id, destination, options } = request;
    const signal = cancellers.get(id)!.signal;
    signal.throwIfAborted();
    let plan = planFor(request.order);
    let mosaic = new Mosaic([]);
    const { devices, remote } = surroundings;
    const traffic = remote.traffic.begin();
    let latest: Metered | null = null;
    const tell = (progress: Metered) => {
      latest = progress;
      const cell = mosaic.cellOf(progress.tensor);
      const seen = { cells: mosaic.counts, cell, remarks: mosaic.remarks };
      reply({ kind: 'progress', id, progress: { ...progress, ...traffic.now(), ...seen } });
    };
    return surroundings.locked(async () => {
      const choice = decomposes(plan) ? 'cpu' : options.backend;
      const acquired = await devices.acquire(choice, options.memoryBudget);
      const { backend, fallback, budget, release } = acquired;
      library.limitAhead(budget / 8);
      const auditor = surroundings.auditor();
      const stopListening = traffic.onWait(() => latest && tell(latest));
      try {
        if (awaitsRanks(plan)) {
          const work = { ...acquired, sources: library, crew: surroundings.crew, signal };
          await measureFor(request.order, planner, { ...work, progress: tell });
          plan = planFor(request.order);
        }
        mosaic = new Mosaic(plan.jobs.map(({ tensor }) => tensor));
        reply({ kind: 'mosaic', id, rows: mosaic.rows });
        if (destination.kind === 'opfs') await remote.makeRoom(plan.bytesToWrite);
        const result = await run(plan, {
          sources: library,
          sink: await surroundings.sink(destination),
          backend,
          fallback,
          crew: surroundings.crew,
          auditor,
          budget,
          signal,
          events: { progress: tell, tensor: (report) => mosaic.take(report) },
          sections: options.sections ?? [],
          accounts: options.accounts ?? [],
          survival: (magnitudes, stop) =>
            viewer.survivalOfRun(plan, request.order, magnitudes, stop),
        });
        if (latest) tell(latest); // the meter holds back: the last tensors are told here
        return result;
      } finally {
        stopListening();
        library.forgetAhead();
        if (destination.kind === 'opfs') await remote.makeRoom(0);
        auditor.dispose();
        release();
      }
    });
  }

  async function toWrite(from: GgufFrom): Promise<ToWrite> {
    const { openWritten } = await gguf();
    if (from.kind === 'written') {
      return openWritten(from.name, await surroundings.storage.written(from.place));
    }
    return { model: library.model(from.model), sources: library, name: from.name };
  }

  async function ggufOutlook(from: GgufFrom) {
    const { prepareGguf, outlookOf } = await gguf();
    return outlookOf(await prepareGguf(await toWrite(from)));
  }

  async function exportGguf(request: Extract<Request, { kind: 'gguf' }>): Promise<GgufResult> {
    const { from, type, destination, budget } = request;
    const [signal, progress] = heard(request);
    signal.throwIfAborted();
    const { prepareGguf, writeGguf } = await gguf();
    const source = await toWrite(from);
    const plan = (await prepareGguf(source))(type);
    return surroundings.locked(async () => {
      const auditor = surroundings.auditor();
      library.limitAhead(budget / 8);
      try {
        if (destination.kind === 'opfs') await surroundings.remote.makeRoom(plan.size);
        const sink = await surroundings.sink(destination);
        const reading = { model: source.model.id, sources: source.sources, budget, signal };
        return await writeGguf(plan, reading, { sink, auditor, progress });
      } finally {
        library.forgetAhead();
        if (destination.kind === 'opfs') await surroundings.remote.makeRoom(0);
        auditor.dispose();
      }
    });
  }

  async function publish(request: Extract<Request, { kind: 'publish' }>): Promise<Published> {
    const { id, from, publication } = request;
    const signal = cancellers.get(id)!.signal;
    signal.throwIfAborted();
    const files = await filesToPublish(await surroundings.storage.written(from), publication);
    return surroundings.locked(() =>
      surroundings.remote.publish(
        { ...publication, files },
        { signal, onProgress: (progress) => reply({ kind: 'publishing', id, progress }) },
      ),
    );
  }

  async function leftovers(action: 'list' | 'remove'): Promise<Answer> {
    const { storage } = surroundings;
    const merges = await storage.unfinished();
    if (action === 'list') return merges;
    for (const { folder } of merges) await storage.discard({ kind: 'opfs', folder });
    return null;
  }

  async function finished(action: FinishedAction): Promise<Answer> {
    const { storage } = surroundings;
    switch (action.kind) {
      case 'list':
        return storage.finished();
      case 'free-name':
        return storage.freeName(action.name);
      case 'files':
        return storage.written({ kind: 'opfs', folder: action.folder });
      case 'zip':
        return storage.zip(action.folder);
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

/** Loaded when somebody wants a GGUF. */
const gguf = () => import('./gguf/index.ts');

/** Does pieces of work one after the other, whatever becomes of each. */
function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const begun = last.then(work);
    last = begun.catch(() => {});
    return begun;
  };
}
