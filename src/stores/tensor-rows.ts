import { placeOf } from '../plan/groups.ts';
import type { Job, Plan } from '../plan/types.ts';
import type { TensorGroup } from '../recipe/recipe.ts';
import { actOf, type JobAct } from './plan-facts.ts';

/** One tensor of the output as the table shows it. */
export type TensorRow = {
  readonly group: TensorGroup;
  readonly layer: number | null;
  readonly act: JobAct;
  /** How many models meet in it, the base not counted. */
  readonly models: number;
};

export function rowOf(job: Job): TensorRow {
  const merge = job.parts.find((part) => part.kind === 'merge');
  const { group, layer } = placeOf(job.tensor);
  return { group, layer, act: actOf(job), models: merge?.planes.length ?? 0 };
}

type Jobs = Plan['jobs'];

/** What the words of a filter are looked for in, by job. Made at the first letter, not at each. */
const texts = new WeakMap<Jobs, readonly string[]>();

function textsOf(jobs: Jobs): readonly string[] {
  const known = texts.get(jobs);
  if (known) return known;
  const made = jobs.map((job) => {
    const { group, layer, act } = rowOf(job);
    return `${job.tensor} ${group} layer${layer} ${act} ${job.dtype}`.toLowerCase();
  });
  texts.set(jobs, made);
  return made;
}

/** Jobs that have every word of the filter in their tensor's name, group, act or dtype. */
export function filterJobs(jobs: Jobs, filter: string): Jobs {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return jobs;
  const texts = textsOf(jobs);
  return jobs.filter((_, i) => words.every((word) => texts[i].includes(word)));
}
