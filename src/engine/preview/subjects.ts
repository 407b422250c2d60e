/** The merges of a plan as things to look at: one for each weight, however it is written. */
import { tensorKey } from '../../numerics/random.ts';
import type { Job, MergePart, Plan } from '../../plan/types.ts';

export type Subject = {
  readonly tensor: string;
  /** None where the tensor is only copied. */
  readonly merges: readonly MergePart[];
  /** Of the noise that DARE draws. */
  readonly tensorKey: number;
  readonly shape: readonly number[];
};

/** In the order they are written. The two factors of an adapter's module are one subject. */
export function subjectsOf({ jobs }: Pick<Plan, 'jobs'>): readonly Subject[] {
  return jobs.flatMap((job) => subjectOf(job));
}

function subjectOf({ tensor, parts, shape, twin }: Job): readonly Subject[] {
  const [first] = parts;
  if (first?.kind === 'factor') {
    if (first.side === 'right') return [];
    const { of, merge, rows, columns } = first;
    return [{ tensor: of, merges: [merge], tensorKey: tensorKey(of), shape: [rows, columns] }];
  }
  const merges = parts.filter((part) => part.kind === 'merge');
  return [{ tensor, merges, tensorKey: tensorKey(twin?.of ?? tensor), shape }];
}
