import { mergedShape } from '../methods/lines.ts';
import type { Call } from '../methods/method.ts';
import { findMethod } from '../methods/registry.ts';
import { roundSumTo } from '../numerics/round.ts';
import type { Job, MergePart, Plan } from './types.ts';

type Craft = Pick<Plan, 'method' | 'arithmetic'>;

/** What a method is told about a merge. */
export function callOf(
  { base, elementCount, precision, global, perModel }: Omit<MergePart, 'kind'>,
  { shape }: Pick<Job, 'shape'>,
  arithmetic: Plan['arithmetic'],
): Call {
  return {
    ...{ global, perModel, arithmetic, elementCount },
    hasBase: base !== null,
    shape: mergedShape(shape, elementCount),
    roundSum: roundSumTo(precision.work),
  };
}

/** How many numbers of each element, that whole rows decide about, its formula reads besides; they are f32. */
export function guideCount(part: MergePart, job: Pick<Job, 'shape'>, craft: Craft): number {
  const { method, arithmetic } = part.craft ?? craft;
  return findMethod(method)?.guides?.count(callOf(part, job, arithmetic)) ?? 0;
}

/** Whether a part is merged by this method, the recipe's where it has none of its own. */
export function isBy(method: string, { craft }: Pick<MergePart, 'craft'>): boolean {
  return craft === undefined || craft.method === method;
}
