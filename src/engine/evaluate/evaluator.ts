import { DeviceLostError } from '../../compute/backend.ts';
import { noneRun } from '../../evaluate/runner.ts';
import { score, type TaskScore } from '../../evaluate/tasks/score.ts';
import { itemsOf } from '../../evaluate/tasks/split.ts';
import type { Plan } from '../../plan/types.ts';
import type { ToFetch } from '../../views/close.ts';
import type { Acquired } from '../devices/devices.ts';
import { contextOf, EngineError, isAbort, messageOf, tagOf } from '../errors.ts';
import type { Library } from '../library/library.ts';
import type { BackendChoice, PlanOrder, ScoreOrder, Subject } from '../protocol.ts';
import { candidate, type Opened } from './candidate.ts';
import { farBytesOf } from './far-weights.ts';
import { openRunner } from './open-runner.ts';
import { Processors } from './processors.ts';
import type { OpenRunner } from './ready.ts';

/** What is kept ready to run, in each of several engines; one model that is larger is kept alone. */
const mostKept = { bytes: 2 ** 28, models: 3 };
/** Bytes that a merge in memory may take besides. */
const budget = 2 ** 28;

type Around = {
  /** Throws where a recipe cannot be merged. */
  plan(order: PlanOrder): Promise<Plan>;
  acquire(budget: number): Promise<Acquired>;
};

/** Runs models that are open, or would be written, and scores them: the engine's side of `evaluate/`. */
export class Evaluator {
  readonly #library: Library;
  readonly #around: Around;
  readonly #processors: Processors;
  /** The one used last comes last. */
  readonly #kept = new Map<string, OpenRunner>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(library: Library, around: Around, processors = new Processors()) {
    this.#library = library;
    this.#around = around;
    this.#processors = processors;
  }

  /**
   * One after the other. `tell` hears how many items were asked, of how many. What would come over the network is told
   * instead, unless it may.
   *
   * @throws what `openRunner` and `candidate` throw, as an EngineError of the same tag that `cannotRun` knows
   */
  score(
    subject: Subject,
    { task, part, most, what, fetches, backend = 'cpu' }: ScoreOrder,
    signal: AbortSignal,
    tell: (done: number, total: number) => void,
  ): Promise<TaskScore | ToFetch> {
    const asking = { what, most: most ?? undefined };
    let isReady = false;
    const work = async () => {
      signal.throwIfAborted();
      isReady = false;
      const ready = await this.#ready(subject, { fetches, backend }, signal);
      if ('toFetch' in ready) return ready;
      const total = Math.min(itemsOf(task, part).length, most ?? Number.POSITIVE_INFINITY);
      const onProgress = (done: number) => tell(done, total);
      isReady = true;
      const found = await score(task, ready, part, { ...asking, signal, onProgress });
      return { ...found, backend: ready.processor.kind };
    };
    // A graphics processor may go away, or have no room: the CPU does the same work.
    const again = async (error: unknown) => {
      if (!(error instanceof DeviceLostError || error instanceof RangeError)) throw error;
      if (itemsOf(task, part).length === 0) throw error; // no processor does anything about that
      if (!this.#giveUpGpu()) throw error;
      return work();
    };
    const told = (error: unknown) => {
      throw isReady || isAbort(error) ? error : unready(error);
    };
    const made = this.#last.then(() => work().catch(again).catch(told));
    this.#last = made.catch(() => {});
    return made;
  }

  /** Other models are open: lets go of those that are ready, after what is under way. */
  forget(): Promise<void> {
    const made = this.#last.then(() => {
      for (const key of [...this.#kept.keys()]) this.#drop(key);
    });
    this.#last = made;
    return made;
  }

  async #ready(
    subject: Subject,
    { fetches, backend }: { readonly fetches: boolean; readonly backend: BackendChoice },
    signal: AbortSignal,
  ): Promise<OpenRunner | ToFetch> {
    const key = JSON.stringify([subject, backend, this.#library.version]);
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known;
    }
    const what = await this.#whatIs(subject);
    const toFetch = fetches ? 0 : farBytesOf(what, this.#library);
    if (toFetch > 0) return { toFetch };
    const opened = 'jobs' in what ? await this.#merge(what, signal) : this.#asItIs(what.id);
    const processor = await this.#processors.next(backend);
    try {
      const runner = await openRunner(opened, processor, signal);
      this.#kept.set(key, runner);
      this.#letGo();
      return runner;
    } catch (error) {
      this.#processors.giveBack(processor);
      throw error;
    }
  }

  async #whatIs(subject: Subject) {
    return subject.kind === 'recipe'
      ? this.#around.plan(subject.order)
      : this.#library.model(subject.model);
  }

  #asItIs(id: string): Opened {
    return { model: this.#library.model(id), sources: this.#library };
  }

  async #merge(plan: Plan, signal: AbortSignal): Promise<Opened> {
    const acquired = await this.#around.acquire(budget);
    try {
      return await candidate(plan, { ...acquired, sources: this.#library, signal });
    } finally {
      acquired.release();
    }
  }

  /** Whether there was one to give up. */
  #giveUpGpu(): boolean {
    for (const [key, { processor }] of [...this.#kept]) {
      if (processor.kind === 'webgpu') this.#drop(key);
    }
    return this.#processors.giveUpGpu();
  }

  /** Of what was used longest ago, until the rest fits. */
  #letGo(): void {
    let held = [...this.#kept.values()].reduce((sum, { processor }) => sum + processor.bytes, 0);
    for (const [key, { processor }] of [...this.#kept].slice(0, -1)) {
      if (held <= mostKept.bytes && this.#kept.size <= mostKept.models) return;
      held -= processor.bytes;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    const runner = this.#kept.get(key);
    this.#kept.delete(key);
    if (runner) this.#processors.giveBack(runner.processor);
  }
}

/** In the same words, and no task is at fault. */
function unready(error: unknown): EngineError {
  const context = { ...contextOf(error), scope: noneRun };
  return new EngineError(tagOf(error) ?? 'unexpected', messageOf(error), context, error);
}
