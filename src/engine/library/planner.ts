import { findMethod } from '../../methods/registry.ts';
import { matchRows } from '../../plan/match-table.ts';
import { type Prospect, prospectOf } from '../../plan/outlook.ts';
import { participantsOf } from '../../plan/participants.ts';
import { type Planned, plan } from '../../plan/plan.ts';
import { Table, type TableRows, type TableWindow } from '../../plan/table.ts';
import type { MatchRow, MeasuredSpectrum, Spectra } from '../../plan/types.ts';
import type { PlanOrder } from '../protocol.ts';
import { KnownSpectra } from './known-spectra.ts';
import type { Library } from './library.ts';
import { Tokenizers } from './tokenizers.ts';

/** A plan, and what the page sees of it once it asks. */
class Made {
  #prospect: Prospect | null = null;
  #table: Table | null = null;

  constructor(
    readonly planned: Planned,
    readonly of: MadeOf,
    readonly models: ReturnType<Library['models']>,
  ) {}

  get prospect(): Prospect {
    this.#prospect ??= prospectOf(this.planned, this.models);
    return this.#prospect;
  }

  get table(): Table {
    this.#table ??= new Table('plan' in this.planned ? this.planned.plan.jobs : []);
    return this.#table;
  }
}

/** What a plan depends on. */
type MadeOf = {
  readonly order: string;
  /** Of the library. */
  readonly version: number;
  /** Singular values that were known. */
  readonly measured: number;
};

/**
 * Plans where the headers are, off the page's thread, and tells the page what it shows. The last two plans are
 * kept: while one is made the page still asks for rows of the one before.
 */
export class Planner {
  readonly #library: Library;
  readonly #spectra = new KnownSpectra();
  readonly #tokenizers: Tokenizers;
  #made: readonly Made[] = [];

  constructor(library: Library) {
    this.#library = library;
    this.#tokenizers = new Tokenizers(library);
  }

  /** What has to be read before this can be planned; null for nothing. Throws where a file cannot be read. */
  waits({ recipe }: PlanOrder): Promise<void> | null {
    return this.#tokenizers.waits(recipe);
  }

  /** For a run; kept only when a page looks at it. Ranks are those of the singular values that are known. */
  plan(order: PlanOrder): Planned {
    return this.#known(order)?.planned ?? this.#plan(order, this.spectra(order));
  }

  /** For who looks at it again and again: kept, and the same object while nothing has changed. */
  planToSee(order: PlanOrder): Planned {
    return this.#make(order).planned;
  }

  /** What is known of the singular values of that merge, by the weight's name: for whoever measures to add to. */
  spectra(order: PlanOrder): Map<string, MeasuredSpectrum> {
    return this.#spectra.of(order, this.#library.version);
  }

  /** With the largest rank that each module can get, whatever is known. */
  largest(order: PlanOrder): Planned {
    return this.#plan(order, null);
  }

  #plan(order: PlanOrder, spectra: Spectra | null): Planned {
    const tokenizers = this.#tokenizers.known(order.recipe);
    return plan({ ...order, models: this.#library.models(), spectra, tokenizers });
  }

  prospect(order: PlanOrder): Prospect {
    return this.#make(order).prospect;
  }

  /** None while there is no plan. */
  rows(order: PlanOrder, window: TableWindow): TableRows {
    return this.#make(order).table.rows(window);
  }

  /** All tensors that a finding concerns; findings are counted as the prospect lists them. */
  names(order: PlanOrder, finding: number): readonly string[] {
    const { planned } = this.#make(order);
    const findings = 'plan' in planned ? planned.plan.findings : planned.findings;
    return findings[finding]?.tensors ?? [];
  }

  /** Module by module, how an adapter of that plan meets the base; none where it does not take part. */
  matches({ recipe }: PlanOrder, model: string): readonly MatchRow[] {
    const method = findMethod(recipe.method);
    const who = method && participantsOf(recipe, method, this.#library.models());
    const expert = who?.experts.find(({ ref }) => ref.id === model);
    const adapter = expert?.model.adapter;
    return expert?.adapted && adapter ? matchRows(expert.adapted, adapter) : [];
  }

  #of(order: PlanOrder): MadeOf {
    const measured = valuesIn(this.spectra(order));
    return { order: JSON.stringify(order), version: this.#library.version, measured };
  }

  #known(order: PlanOrder): Made | undefined {
    const { order: text, version, measured } = this.#of(order);
    return this.#made.find(
      ({ of }) => of.order === text && of.version === version && of.measured === measured,
    );
  }

  #make(order: PlanOrder): Made {
    const known = this.#known(order);
    if (known) return known;
    const planned = this.#plan(order, this.spectra(order));
    const made = new Made(planned, this.#of(order), this.#library.models());
    this.#made = [made, ...this.#made.slice(0, 1)];
    return made;
  }
}

const valuesIn = (spectra: Spectra) =>
  [...spectra.values()].reduce((sum, { values }) => sum + values.length, 0);
