/** The merges of a plan as things to look at: one for each weight, however it is written. */
import { bytesPerElement, isFloatDtype } from '../../numerics/dtype.ts';
import { tensorKey } from '../../numerics/random.ts';
import type { Job, MergePart, Part, Plan } from '../../plan/types.ts';

export type Subject = {
  readonly tensor: string;
  readonly shape: readonly number[];
  /** None where the tensor is only copied. */
  readonly merges: readonly Placed[];
  /** Of the noise that DARE draws. */
  readonly tensorKey: number;
};

/** A merge, and the element of the tensor that it begins at. */
export type Placed = { readonly merge: MergePart; readonly start: number };

/** In the order they are written. The two factors of an adapter's module are one subject. */
export function subjectsOf({ jobs }: Pick<Plan, 'jobs'>): readonly Subject[] {
  return jobs.flatMap(subjectOf);
}

/** `seen` without the tensors that `plan` does not merge: without a base it goes by the first expert's. */
export function onlyMerged(seen: Plan, plan: Pick<Plan, 'jobs'>): Plan {
  const merged = new Set(
    subjectsOf(plan).flatMap(({ tensor, merges }) => (merges.length > 0 ? [tensor] : [])),
  );
  const jobs = seen.jobs.filter((job) =>
    subjectOf(job).every(({ tensor, merges }) => merges.length === 0 || merged.has(tensor)),
  );
  return jobs.length === seen.jobs.length ? seen : { ...seen, jobs };
}

function subjectOf(job: Job): readonly Subject[] {
  const { tensor, parts, shape, twin } = job;
  const [first] = parts;
  if (first?.kind === 'factor') {
    if (first.side === 'right') return [];
    const { of, merge, rows, columns } = first;
    const merges = [{ merge, start: 0 }];
    return [{ tensor: of, shape: [rows, columns], merges, tensorKey: tensorKey(of) }];
  }
  const merges: Placed[] = [];
  let start = 0;
  for (const part of parts) {
    // What a slice does in its own way is no change of the recipe's.
    if (part.kind === 'merge' && !part.craft) merges.push({ merge: part, start });
    start += elementsOf(part, job);
  }
  return [{ tensor, shape, merges, tensorKey: tensorKey(twin?.of ?? tensor) }];
}

function elementsOf(part: Part, { dtype }: Job): number {
  if (part.kind !== 'copy') return part.elementCount;
  const size = isFloatDtype(dtype) ? bytesPerElement(dtype) : 1;
  return (part.span.end - part.span.begin) / size;
}
