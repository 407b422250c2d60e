import { placeOf } from '../plan/groups.ts';
import type { Job, Plan } from '../plan/types.ts';

export type JobAct = 'merge' | 'copy' | 'cast' | 'merge + rows';

/** What happens to a tensor, in a word. */
export function actOf({ parts }: Job): JobAct {
  const merges = parts.some((part) => part.kind === 'merge');
  if (merges) return parts.length > 1 ? 'merge + rows' : 'merge';
  return parts.some((part) => part.kind === 'cast') ? 'cast' : 'copy';
}

/** How many tensors go each way, and how many elements are computed. */
export function summaryOf(plan: Plan) {
  const count = (act: (job: Job) => boolean) => plan.jobs.filter(act).length;
  const merged = count((job) => actOf(job).startsWith('merge'));
  return {
    tensors: plan.jobs.length,
    merged,
    copied: count((job) => actOf(job) === 'copy'),
    cast: count((job) => actOf(job) === 'cast'),
    elements: plan.jobs
      .flatMap((job) => job.parts)
      .reduce((sum, part) => sum + (part.kind === 'merge' ? part.elementCount : 0), 0),
  };
}

const layerCounts = new WeakMap<Plan, number>();

/** Layers of the deepest stack: highest layer number + 1; 0 when no tensor has a layer. */
export function layerCountOf(plan: Plan): number {
  const known = layerCounts.get(plan);
  if (known !== undefined) return known;
  const count = plan.jobs.reduce(
    (most, job) => Math.max(most, (placeOf(job.tensor).layer ?? -1) + 1),
    0,
  );
  layerCounts.set(plan, count);
  return count;
}
