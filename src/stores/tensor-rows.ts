import { placeOf } from '../plan/groups.ts';
import type { Job, Plan } from '../plan/types.ts';
import type { TensorGroup } from '../recipe/recipe.ts';
import { actOf, type JobAct } from './plan-facts.ts';

/** One tensor of the output as the table shows it. */
export type TensorRow = {
  readonly job: Job;
  readonly group: TensorGroup;
  readonly layer: number | null;
  readonly act: JobAct;
  /** How many models meet in it, the base not counted. */
  readonly models: number;
};

export function rowsOf({ jobs }: Plan): readonly TensorRow[] {
  return jobs.map((job) => {
    const merge = job.parts.find((part) => part.kind === 'merge');
    const { group, layer } = placeOf(job.tensor);
    return { job, group, layer, act: actOf(job), models: merge?.planes.length ?? 0 };
  });
}

/** Rows that have every word of the filter in their name, group, act or dtype. */
export function filterRows(rows: readonly TensorRow[], filter: string): readonly TensorRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ job, group, layer, act }) => {
    const text = `${job.tensor} ${group} layer${layer} ${act} ${job.dtype}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
