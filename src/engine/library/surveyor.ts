/** Looks at the factors of every adapter of a recipe: spectra, norms and inner products, module by module. */
import { type Factored, factored } from '../../lora/factored.ts';
import { type ModuleSurvey, surveyOf } from '../../lora/survey.ts';
import { findMethod } from '../../methods/registry.ts';
import { changeOf } from '../../plan/adapter/jobs.ts';
import { type Change, type Module, modulesOf } from '../../plan/adapter/modules.ts';
import { type Participant, participantsOf } from '../../plan/participants.ts';
import type { Survey } from '../../views/survey.ts';
import type { PlanOrder } from '../protocol.ts';
import { termsOfUpdate } from '../tensor/factors.ts';
import type { Library } from './library.ts';

/** One weight, and what is known of each adapter's update of it. */
export type SurveyedModule = {
  readonly module: Module;
  /** By position among the adapters; null where an adapter leaves it alone. */
  readonly changes: readonly (SurveyedChange | null)[];
  /** Of the changes whose spectrum is known, by the place that they have among these. */
  readonly inner: ModuleSurvey['inner'] | null;
};

export type SurveyedChange = {
  readonly type: string;
  readonly rank: number | null;
  /** Its place in `inner`. */
  readonly at: number | null;
  readonly spectrum: Float64Array | null;
  readonly why: string | null;
};

export type Surveyed = { readonly survey: Survey; readonly modules: readonly SurveyedModule[] };

/** Milliseconds between two words on how far it is. */
const PAUSE = 100;

export class Surveyor {
  readonly #library: Library;
  #last: { readonly key: string; readonly surveyed: Surveyed } | null = null;

  constructor(library: Library) {
    this.#library = library;
  }

  /**
   * Of adapters as they meet the recipe's base, or each other where it has none; null where that is not open. The
   * last one is kept while the same models are open. Modules one after the other, so that other questions are
   * answered in between.
   */
  async survey(
    recipe: PlanOrder['recipe'],
    signal: AbortSignal,
    tell: (done: number, of: number) => void,
  ): Promise<Surveyed | null> {
    const ids = [recipe.base, ...recipe.experts.map(({ model }) => model)].map((ref) => ref?.id);
    const key = JSON.stringify([this.#library.version, ids]);
    if (this.#last?.key === key) return this.#last.surveyed;
    const method = findMethod(recipe.method);
    const alone = { ...recipe, output: { ...recipe.output, as: 'adapter' } } as const;
    const who = method && participantsOf(alone, method, this.#library.models());
    const adapters = who?.experts.filter(({ adapted }) => adapted !== null) ?? [];
    if (adapters.length === 0) return null;
    const { modules } = modulesOf(adapters);
    const found: SurveyedModule[] = [];
    let told = performance.now();
    for (const module of modules) {
      signal.throwIfAborted();
      if (performance.now() - told > PAUSE) {
        told = performance.now();
        tell(found.length, modules.length);
        await new Promise((resume) => setTimeout(resume)); // a cancel is heard
      }
      found.push(await this.#look(module, adapters, signal));
    }
    const surveyed = { survey: summaryOf(adapters, found), modules: found };
    this.#last = { key, surveyed };
    return surveyed;
  }

  async #look(
    module: Module,
    adapters: readonly Participant[],
    signal: AbortSignal,
  ): Promise<SurveyedModule> {
    const own = adapters.map((expert) => module.changes.find((one) => one.expert === expert));
    const products = own.map((change) => change && factored(change.matrix));
    const known = own.filter((change, k): change is Change => Boolean(change && products[k]));
    const reader = {
      sources: this.#library,
      tensor: module.name,
      budget: Number.POSITIVE_INFINITY,
    };
    let looked: ModuleSurvey | null = null;
    let problem: string | null = null;
    if (known.length > 0) {
      const terms = await Promise.all(
        known.map((change) => termsOfUpdate(changeOf(module, change), 1, reader, signal)),
      );
      try {
        looked = surveyOf(terms);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        problem = error.message;
      }
    }
    const changes = own.map((change, k): SurveyedChange | null => {
      if (!change) return null;
      const place = known.indexOf(change);
      const at = looked === null || place < 0 ? null : place;
      const why = place < 0 ? `${change.type} is not stored as two factors` : problem;
      const spectrum = at === null ? null : looked!.spectra[at];
      return { type: change.type, rank: rankOf(products[k] ?? null), at, spectrum, why };
    });
    return { module, changes, inner: looked?.inner ?? null };
  }
}

function rankOf(products: readonly Factored[] | null): number | null {
  return products?.reduce((sum, { left }) => sum + left.columns, 0) ?? null;
}

/** ⟨ΔWᵢ, ΔWⱼ⟩ in one module; 0 where one of them is not known or not there. */
export function innerOf({ changes, inner }: SurveyedModule, i: number, j: number): number {
  const [one, other] = [changes[i]?.at ?? null, changes[j]?.at ?? null];
  if (inner === null || one === null || other === null) return 0;
  return inner.values[other * inner.rows + one];
}

/** −1 … 1; null where one of the two has no direction. */
export function cosineOf(product: number, one: number, other: number): number | null {
  if (one === 0 || other === 0) return null;
  return Math.max(-1, Math.min(1, product / Math.sqrt(one) / Math.sqrt(other)));
}

function summaryOf(adapters: readonly Participant[], modules: readonly SurveyedModule[]): Survey {
  const total = (i: number, j: number) =>
    modules.reduce((sum, module) => sum + innerOf(module, i, j), 0);
  const energies = adapters.map((_, i) => total(i, i));
  const both = (i: number, j: number) =>
    modules.filter(({ changes }) => changes[i] && changes[j]).length;
  return {
    adapters: adapters.map(({ ref, model, adapted }, i) => {
      const spectra = modules.map(({ changes }) => changes[i]?.spectrum ?? null);
      return {
        ...{ model: ref.id, name: model.name },
        weights: adapted!.pairing.pairs.length,
        known: spectra.filter((spectrum) => spectrum !== null).length,
        norm: Math.sqrt(energies[i]),
        largest: spectra.reduce((most, spectrum) => Math.max(most, spectrum?.[0] ?? 0), 0),
      };
    }),
    cosines: adapters.map((_, i) =>
      adapters.map((_, j) => cosineOf(total(i, j), energies[i], energies[j])),
    ),
    shared: adapters.map((_, i) => adapters.map((_, j) => both(i, j))),
  };
}
