import type { TaskScore } from '../evaluate/tasks/score.ts';
import type { LeftOut } from '../formats/beside.ts';
import type { ModelFacts } from '../formats/model-facts.ts';
import type { Published } from '../hub/publication.ts';
import { whenGone } from '../io/when-gone.ts';
import type { Excerpt, Spot } from '../methods/excerpt.ts';
import type { Prospect } from '../plan/outlook.ts';
import type { TableRows, TableWindow } from '../plan/table.ts';
import type { MatchRow } from '../plan/types.ts';
import type { Changes } from '../views/changes.ts';
import type { Close, Patch, Square, ToFetch } from '../views/close.ts';
import type { ConflictMap } from '../views/conflict-map.ts';
import type { Difference } from '../views/difference.ts';
import type { EnergyCurve } from '../views/energy.ts';
import type { Outcome } from '../views/outcome.ts';
import type { PartOf, Survey, SurveyPart } from '../views/survey.ts';
import type { Survival } from '../views/survival.ts';
import {
  type Ask,
  Connection,
  crashError,
  type EnginePort,
  type RunListeners,
} from './connection.ts';
import { EngineError } from './errors.ts';
import { Evaluators } from './evaluators.ts';
import { watched } from './living.ts';
import type {
  Answer,
  BackendChoice,
  Destination,
  DeviceReport,
  FinishedMerge,
  GgufFrom,
  GgufOutlook,
  GgufResult,
  GgufType,
  Handle,
  HubAccess,
  PlanOrder,
  PublishOrder,
  RunOptions,
  RunResult,
  ScoreOrder,
  StoredFile,
  Subject,
  TextTokens,
  UnfinishedMerge,
} from './protocol.ts';
import { type Machine, SideBySide, thisMachine } from './side-by-side.ts';

export type { EnginePort, RunListeners } from './connection.ts';

/** Starts the engine worker when it is first needed. */
export function startEngine(): EngineClient {
  return new EngineClient(
    () => watched(new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' })),
    { whenGone },
  );
}

/** `onMeasured` hears how many tensors were looked at, of how many. */
export type LookListeners = Pick<RunListeners, 'signal' | 'onMeasured'>;

type Options = {
  /** Resolves when the merge that is being written there has vanished from private storage. */
  readonly whenGone?: (folder: string, signal: AbortSignal) => Promise<void>;
  readonly endPatience?: number;
  readonly machine?: Machine;
};

/**
 * The page's view of the engine: typed calls that reject with tagged errors, or with `AbortError`.
 * What becomes of them when a worker crashes: `Connection`.
 */
export class EngineClient {
  readonly #whenGone: Options['whenGone'];
  readonly #engine: Connection;
  /** A second one answers what is to be seen, so that a merge does not hold it up. */
  readonly #viewer: Connection;
  /** Others run models, so that the page can look and plan meanwhile. */
  readonly #evaluators: Evaluators;
  readonly #sideBySide: SideBySide;
  /** What a choice of backend came to, where that was asked. */
  readonly #kinds = new Map<BackendChoice, DeviceReport['kind']>([['cpu', 'cpu']]);
  #followed: Promise<void> = Promise.resolve();

  constructor(
    spawn: () => EnginePort,
    { whenGone, endPatience, machine = thisMachine() }: Options = {},
  ) {
    this.#whenGone = whenGone;
    this.#engine = new Connection(spawn, endPatience);
    this.#viewer = new Connection(spawn, endPatience);
    this.#evaluators = new Evaluators(
      () => new Connection(spawn, endPatience),
      (engine) => this.#follow(engine),
    );
    this.#sideBySide = new SideBySide(machine);
  }

  /** Reads the headers of one model. Opening an id again replaces what was there. */
  async open(
    modelId: string,
    name: string,
    handles: readonly Handle[],
    leftOut: readonly LeftOut[] = [],
  ): Promise<ModelFacts> {
    const facts = (await this.#engine.open(modelId, { name, handles, leftOut })) as ModelFacts;
    this.#sideBySide.opened(modelId, facts, handles);
    return facts;
  }

  async close(modelId: string): Promise<void> {
    this.#sideBySide.closed(modelId);
    await this.#engine.close(modelId);
  }

  /** What a run of this would do with the models that are open, or what stands in its way. */
  async plan(order: PlanOrder): Promise<Prospect> {
    return (await this.#engine.call({ kind: 'plan', order })) as Prospect;
  }

  /** Some tensors of that plan, as a table shows them; none while there is no plan. */
  async rows(order: PlanOrder, window: TableWindow): Promise<TableRows> {
    return (await this.#engine.call({ kind: 'rows', order, window })) as TableRows;
  }

  /** All tensors that a finding of that plan concerns; findings are counted as the prospect lists them. */
  async names(order: PlanOrder, finding: number): Promise<readonly string[]> {
    return (await this.#engine.call({ kind: 'names', order, finding })) as readonly string[];
  }

  /** How an adapter of that plan meets the base, module by module. */
  async matches(order: PlanOrder, model: string): Promise<readonly MatchRow[]> {
    return (await this.#engine.call({ kind: 'matches', order, model })) as readonly MatchRow[];
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
    return (await this.#engine.call(
      { kind: 'energy', order, options },
      listeners,
    )) as EnergyCurve | null;
  }

  /** Starts the engine that answers what is to be seen, with the models that are open by now: the first look comes sooner. */
  async readyToSee(): Promise<void> {
    this.#viewer.start();
    await this.#follow(this.#viewer);
  }

  /**
   * Where the models of that plan pull against each other; null where there is no plan. What would come over the
   * network is told instead, unless `fetches`. A coarse look takes a part of the sample, for speed.
   */
  async conflicts(
    order: PlanOrder,
    fetches: boolean,
    isCoarse = false,
    listeners: LookListeners = {},
  ): Promise<ConflictMap | ToFetch | null> {
    const request = { kind: 'conflicts', order, fetches, isCoarse } as const;
    const answer = await this.#view(request, listeners);
    return answer as ConflictMap | ToFetch | null;
  }

  /** One tensor of that plan as tiles, exactly; null where it is none of it. */
  async closeUp(
    order: PlanOrder,
    tensor: string,
    fetches: boolean,
    listeners: LookListeners = {},
  ): Promise<Close | ToFetch | null> {
    const answer = await this.#view({ kind: 'close-up', order, tensor, fetches }, listeners);
    return answer as Close | ToFetch | null;
  }

  /** A square of its elements. */
  async patch(
    order: PlanOrder,
    tensor: string,
    square: Square,
    listeners: LookListeners = {},
  ): Promise<Patch | null> {
    return (await this.#view({ kind: 'patch', order, tensor, square }, listeners)) as Patch | null;
  }

  /** What its models changed; null where nothing is known to have, without a base. Bytes where samples are to be fetched. */
  async changes(
    order: PlanOrder,
    tensor: string | null,
    listeners: LookListeners = {},
  ): Promise<Changes | ToFetch | null> {
    const answer = await this.#view({ kind: 'changes', order, tensor }, listeners);
    return answer as Changes | ToFetch | null;
  }

  /** What its merge makes of its models, in a few numbers; null and bytes as for `changes`. */
  async outcome(
    order: PlanOrder,
    listeners: LookListeners = {},
  ): Promise<Outcome | ToFetch | null> {
    return (await this.#view({ kind: 'outcome', order }, listeners)) as Outcome | ToFetch | null;
  }

  /**
   * How the second of two open models differs from the first, of all and of one tensor. What would come over the
   * network is told instead, unless `fetches`.
   */
  async difference(
    models: readonly [string, string],
    tensor: string | null,
    fetches: boolean,
    listeners: LookListeners = {},
  ): Promise<Difference | ToFetch> {
    const request = { kind: 'difference', models, tensor, fetches } as const;
    return (await this.#view(request, listeners)) as Difference | ToFetch;
  }

  /** How much of those changes its merge would leave; null and bytes as for `changes`. */
  async survival(
    order: PlanOrder,
    listeners: LookListeners = {},
  ): Promise<Survival | ToFetch | null> {
    return (await this.#view({ kind: 'survival', order }, listeners)) as Survival | ToFetch | null;
  }

  /**
   * The elements of that plan's models that pull against each other the most, or those around `at`; null where there
   * are none, and where something would have to come over the network and `fetches` is not set.
   */
  async excerpt(
    order: PlanOrder,
    at: Spot | null,
    fetches: boolean,
    listeners: Pick<RunListeners, 'signal'> = {},
  ): Promise<Excerpt | null> {
    return (await this.#view({ kind: 'excerpt', order, at, fetches }, listeners)) as Excerpt | null;
  }

  /**
   * Runs a model, or what a recipe would make, and scores it on a task; `onMeasured` hears how many items were asked. What
   * would come over the network is told instead, unless `how.fetches`. Calls that do not wait for each other are spread over
   * as many engines as the machine has cores and memory for; there is one graphics processor, and one engine for it.
   */
  async score(
    subject: Subject,
    how: ScoreOrder,
    listeners: LookListeners = {},
  ): Promise<TaskScore | ToFetch> {
    const isOnCpu = this.#kinds.get(how.backend ?? 'cpu') === 'cpu';
    const most = isOnCpu ? this.#sideBySide.mostFor(subject) : 1;
    const found = await this.#evaluators.score(subject, how, most, listeners);
    if (!('toFetch' in found)) this.#sideBySide.ran(subject);
    return found;
  }

  /** Spectra and cosines of all adapters of that plan; null while they are not open, or there is no base. */
  async survey(
    order: PlanOrder,
    listeners: Pick<RunListeners, 'signal' | 'onMeasured'> = {},
  ): Promise<Survey | null> {
    return (await this.#engine.call({ kind: 'survey', order }, listeners)) as Survey | null;
  }

  /** A part of that survey; null where there is none. */
  async surveyPart<P extends SurveyPart>(order: PlanOrder, part: P): Promise<PartOf<P> | null> {
    return (await this.#engine.call({ kind: 'survey-part', order, part })) as PartOf<P> | null;
  }

  /** Which Hub to read from, and as whom, from here on. */
  async access(access: HubAccess): Promise<void> {
    await this.#engine.access(access);
  }

  /** Bytes of the Hub's files in private storage, after `clear` what is left of them. */
  async cache(action: 'size' | 'clear'): Promise<number> {
    return (await this.#engine.call({ kind: 'cache', action })) as number;
  }

  /** Which backend a run would use now, and why. */
  async device(choice: BackendChoice): Promise<DeviceReport> {
    const report = (await this.#engine.call({ kind: 'device', choice })) as DeviceReport;
    this.#kinds.set(choice, report.kind);
    return report;
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
      return (await this.#engine.call(ask, listeners)) as RunResult;
    } finally {
      over.abort();
    }
  }

  /** What a GGUF of a model would be, by type. Rejects with what stands in its way. */
  async ggufOutlook(from: GgufFrom): Promise<GgufOutlook> {
    return (await this.#engine.call({ kind: 'gguf-outlook', from })) as GgufOutlook;
  }

  /** A text in a model's tokens. Rejects where it has no tokenizer.json. */
  async tokens(from: GgufFrom, text: string): Promise<TextTokens> {
    return (await this.#engine.call({ kind: 'tokens', from, text })) as TextTokens;
  }

  /** Writes a GGUF after the runs that came before; `onMeasured` hears of bytes written and read back. */
  async gguf(
    from: GgufFrom,
    type: GgufType,
    destination: Destination,
    budget: number,
    listeners: LookListeners = {},
  ): Promise<GgufResult> {
    const ask = { kind: 'gguf', from, type, destination, budget } as const;
    return (await this.#engine.call(ask, listeners)) as GgufResult;
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
    return (await this.#engine.call(ask, listeners)) as Published;
  }

  /** What interrupted runs left behind in private storage. */
  async leftovers(): Promise<readonly UnfinishedMerge[]> {
    return (await this.#engine.call({
      kind: 'leftovers',
      action: 'list',
    })) as readonly UnfinishedMerge[];
  }

  async removeLeftovers(): Promise<void> {
    await this.#engine.call({ kind: 'leftovers', action: 'remove' });
  }

  /** Names of folders in a picked one that hold what is left of an interrupted merge. */
  async unfinishedIn(parent: FileSystemDirectoryHandle): Promise<readonly string[]> {
    return (await this.#engine.call({ kind: 'unfinished-in', parent })) as readonly string[];
  }

  /** Takes away what a run left that came to no end, such as by a crash of the engine. */
  async discard(destination: Destination): Promise<void> {
    await this.#engine.call({ kind: 'discard', destination });
  }

  /** Finished merges that are still in private storage. */
  async finished(): Promise<readonly FinishedMerge[]> {
    return (await this.#engine.call({
      kind: 'finished',
      action: { kind: 'list' },
    })) as readonly FinishedMerge[];
  }

  /** The name for a merge into private storage: `name`, or the next like it that none there has. */
  async freeName(name: string): Promise<string> {
    return (await this.#engine.call({
      kind: 'finished',
      action: { kind: 'free-name', name },
    })) as string;
  }

  /** The files of a finished merge, each to be downloaded by itself. */
  async files(folder: string): Promise<readonly StoredFile[]> {
    const action = { kind: 'files', folder } as const;
    return (await this.#engine.call({ kind: 'finished', action })) as readonly StoredFile[];
  }

  /** The finished folder as one file, for a download. It takes no room of its own. */
  async zip(folder: string): Promise<Blob> {
    return (await this.#engine.call({ kind: 'finished', action: { kind: 'zip', folder } })) as Blob;
  }

  async removeFinished(folder: string): Promise<void> {
    await this.#engine.call({ kind: 'finished', action: { kind: 'remove', folder } });
  }

  /** Ends the workers. Calls under way fail; a later one starts them again. */
  stop(): void {
    const stopped = crashError('it was stopped');
    for (const each of [this.#engine, this.#viewer, this.#evaluators]) each.end(stopped);
  }

  /** An engine whose storage vanished may stand still in a call that never returns. */
  #watch(folder: string, signal: AbortSignal): void {
    void this.#whenGone?.(folder, signal).then(() => {
      if (!signal.aborted) this.#engine.end(goneError());
    });
  }

  async #view(ask: Ask, listeners: LookListeners): Promise<Answer> {
    await this.#follow(this.#viewer);
    return this.#viewer.call(ask, listeners);
  }

  /** One at a time, so that no model is opened twice. */
  #follow(one: Connection): Promise<void> {
    this.#followed = this.#followed.catch(() => {}).then(() => one.follow(this.#engine));
    return this.#followed;
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
