/** The tensors of a plan as rows of a table of any length, a window of it at a time. */
import type { ParamValue } from '../methods/params.ts';
import type { TensorGroup } from '../recipe/recipe.ts';
import { placeOf } from './groups.ts';
import type { Job } from './types.ts';

export type JobAct = 'merge' | 'copy' | 'cast' | 'merge + rows';

/** One tensor of the output as the table shows it. */
export type TensorRow = {
  readonly tensor: string;
  readonly group: TensorGroup;
  readonly layer: number | null;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly act: JobAct;
  /** The parameters it is merged with; null when it is not. One entry a model, the base not counted. */
  readonly params: {
    readonly global: Readonly<Record<string, ParamValue>>;
    readonly perModel: readonly Readonly<Record<string, ParamValue>>[];
  } | null;
};

/** Rows [from, to) of those that a filter leaves. */
export type TableWindow = { readonly filter: string; readonly from: number; readonly to: number };

export type TableRows = {
  readonly window: TableWindow;
  /** How many rows the filter leaves. */
  readonly found: number;
  readonly rows: readonly TensorRow[];
};

/** What happens to a tensor, in a word. */
export function actOf({ parts }: Pick<Job, 'parts'>): JobAct {
  const made = ['merge', 'factor', 'number'];
  const merges = parts.some(({ kind }) => made.includes(kind));
  if (merges) return parts.length > 1 ? 'merge + rows' : 'merge';
  return parts.some((part) => part.kind === 'cast') ? 'cast' : 'copy';
}

export class Table {
  readonly #jobs: readonly Job[];
  /** What the words of a filter are looked for in, by job. Made at the first letter, not at each. */
  #texts: readonly string[] | null = null;
  #last: { readonly filter: string; readonly jobs: readonly Job[] };

  constructor(jobs: readonly Job[]) {
    this.#jobs = jobs;
    this.#last = { filter: '', jobs };
  }

  rows(window: TableWindow): TableRows {
    const { filter, from, to } = window;
    if (filter !== this.#last.filter) this.#last = { filter, jobs: this.#filtered(filter) };
    const { jobs } = this.#last;
    return { window, found: jobs.length, rows: jobs.slice(from, to).map(rowOf) };
  }

  /** Jobs that have every word of the filter in their tensor's name, group, layer, act or dtype. */
  #filtered(filter: string): readonly Job[] {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return this.#jobs;
    this.#texts ??= this.#jobs.map(textOf);
    const texts = this.#texts;
    return this.#jobs.filter((_, i) => words.every((word) => texts[i].includes(word)));
  }
}

function rowOf(job: Job): TensorRow {
  const { tensor, shape, dtype } = job;
  const { group, layer } = placeOf(tensor);
  const [first] = job.parts;
  const merge =
    first?.kind === 'factor' ? first.merge : job.parts.find((part) => part.kind === 'merge');
  const params = merge ? { global: merge.global, perModel: merge.perModel } : null;
  return { tensor, group, layer, shape, dtype, act: actOf(job), params };
}

function textOf(job: Job): string {
  const { group, layer } = placeOf(job.tensor);
  return `${job.tensor} ${group} layer${layer} ${actOf(job)} ${job.dtype}`.toLowerCase();
}
