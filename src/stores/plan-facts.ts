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
export const summaryOf = once((plan) => {
  const acts = { merge: 0, copy: 0, cast: 0, 'merge + rows': 0 };
  let elements = 0;
  for (const job of plan.jobs) {
    acts[actOf(job)] += 1;
    for (const part of job.parts) if (part.kind === 'merge') elements += part.elementCount;
  }
  const merged = acts.merge + acts['merge + rows'];
  return { tensors: plan.jobs.length, merged, copied: acts.copy, cast: acts.cast, elements };
});

/** How many tensors each output file holds. */
export const tensorsByFile = once((plan) => {
  const counts = plan.files.map(() => 0);
  for (const { file } of plan.jobs) counts[file] += 1;
  return counts;
});

/** Layers of the deepest stack: highest layer number + 1; 0 when no tensor has a layer. */
export const layerCountOf = once(({ jobs }) =>
  jobs.reduce((most, job) => Math.max(most, (placeOf(job.tensor).layer ?? -1) + 1), 0),
);

/** Asked at every drawing of a view, answered by looking through the plan once. */
function once<T>(of: (plan: Plan) => T): (plan: Plan) => T {
  const known = new WeakMap<Plan, { readonly fact: T }>();
  return (plan) => {
    const found = known.get(plan) ?? { fact: of(plan) };
    known.set(plan, found);
    return found.fact;
  };
}
