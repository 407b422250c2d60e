/** What every search gives, step by step, and how a caller answers it. */
import type { Recipe } from '../../recipe/recipe.ts';

/** One recipe to be tried, without writing it. */
export type Candidate = {
  /** The same for the same numbers: what is known of it is not asked again. */
  readonly id: string;
  /** For people: "λ 0.6", "soup of A, B". */
  readonly title: string;
  /** What was varied, by name: columns of the exported table. */
  readonly values: Readonly<Record<string, number>>;
  readonly recipe: Recipe;
};

export type Result = {
  /** Lower is better: as `objectiveOf` gives it. NaN where the candidate cannot be scored. */
  readonly objective: number;
  /** What else is told of it, by name: scores of tasks. */
  readonly scores?: Readonly<Record<string, number>>;
};

export type Evaluate = (candidate: Candidate, signal: AbortSignal) => Promise<Result>;

export type Tried = { readonly candidate: Candidate; readonly result: Result };

export type Step = Tried & {
  /** So far, this one included; null while none had a number. */
  readonly best: Tried | null;
  /** How many were tried, this one included, and how many there will be at most; null where nobody knows. */
  readonly done: number;
  readonly of: number | null;
  /** Why the search took what it took, for people. */
  readonly note?: string | undefined;
  /** Of CMA-ES: which run it belongs to, 0 for the first, and its step size as a share of every axis. */
  readonly run?: { readonly restart: number; readonly sigma: number } | undefined;
};

export type Searching = {
  readonly evaluate: Evaluate;
  readonly signal: AbortSignal;
  /** Results of an earlier run by candidates' ids: a search that is run again goes on where that one ended. */
  readonly known?: ReadonlyMap<string, Result> | undefined;
  /** How many candidates may be asked at once, where none depends on another; one when left out. */
  readonly atOnce?: number | undefined;
};

/** A candidate, and why it is tried, for people. */
export type Wanted = { readonly candidate: Candidate; readonly note?: string | undefined };

/** Tries candidates, in an order that is always the same, and remembers the best. */
export class Trial {
  readonly #searching: Searching;
  readonly #of: number | null;
  #done = 0;
  #best: Tried | null = null;

  constructor(searching: Searching, of: number | null) {
    this.#searching = searching;
    this.#of = of;
  }

  get best(): Tried | null {
    return this.#best;
  }

  get done(): number {
    return this.#done;
  }

  /** Rejects with the signal's reason, and with what `evaluate` rejects with. */
  async of(candidate: Candidate, note?: string): Promise<Step> {
    const { signal } = this.#searching;
    return this.#tried({ candidate, note }, await this.#result(candidate, signal));
  }

  /**
   * Candidates that are known before any is tried, in their order: the same steps as one by one, whichever is done first.
   * What is asked ahead is ended where the caller takes no more.
   */
  async *each(wanted: readonly Wanted[]): AsyncGenerator<Step> {
    const { atOnce = 1, signal } = this.#searching;
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    const results: Promise<Result>[] = [];
    try {
      for (const [at, one] of wanted.entries()) {
        for (const next of wanted.slice(results.length, at + atOnce)) {
          const result = this.#result(next.candidate, until);
          result.catch(() => {}); // its turn comes
          results.push(result);
        }
        yield this.#tried(one, await results[at]);
      }
    } finally {
      over.abort();
    }
  }

  async #result(candidate: Candidate, signal: AbortSignal): Promise<Result> {
    signal.throwIfAborted();
    const { evaluate, known } = this.#searching;
    return known?.get(candidate.id) ?? evaluate(candidate, signal);
  }

  #tried({ candidate, note }: Wanted, result: Result): Step {
    this.#searching.signal.throwIfAborted();
    const tried = { candidate, result };
    // Written so that NaN is never the best.
    if (result.objective < (this.#best?.result.objective ?? Infinity)) this.#best = tried;
    this.#done++;
    return { ...tried, best: this.#best, done: this.#done, of: this.#of, note };
  }
}

/** Tries a list in its order: methods to compare, ablations, a line between two models. */
export async function* tryAll(
  candidates: readonly Candidate[],
  searching: Searching,
): AsyncGenerator<Step> {
  const trial = new Trial(searching, candidates.length);
  yield* trial.each(candidates.map((candidate) => ({ candidate })));
}
