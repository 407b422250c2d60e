/** How much of the models is merged: counted in elements, because one matrix is worth a thousand norms. */
import { elementCount } from '../formats/model.ts';
import { isFloatDtype } from '../numerics/dtype.ts';
import { isBy } from './call.ts';
import type { UnplacedJob } from './jobs.ts';
import type { Matching } from './match.ts';
import type { Participant, Participants } from './participants.ts';
import type { Share } from './types.ts';

/** What becomes of the elements of output and experts. */
export function shareOf(
  who: Participants,
  matching: Matching,
  jobs: readonly UnplacedJob[],
): Share {
  const total = jobs.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const merged = mergedElements(jobs, ({ ordinals }) =>
    ordinals.some((ordinal) => who.experts[ordinal].model !== who.reference),
  );
  const experts = who.experts.map((expert) => [givenBy(expert), usedOf(expert, matching)] as const);
  const given = experts.reduce((sum, [all]) => sum + all, 0);
  const leftOut = experts.reduce((sum, [all, used]) => sum + Math.max(0, all - used), 0);
  return { total, merged, copied: total - merged, leftOut, given };
}

type Merge = Extract<UnplacedJob['parts'][number], { kind: 'merge' }>;

/** Elements of the output in whose merge by the recipe's method an expert takes part. */
export function mergedWith(
  { ordinal }: Participant,
  jobs: readonly UnplacedJob[],
  method: string,
): number {
  return mergedElements(jobs, (part) => isBy(method, part) && part.ordinals.includes(ordinal));
}

function mergedElements(jobs: readonly UnplacedJob[], counts: (part: Merge) => boolean): number {
  let sum = 0;
  for (const { parts } of jobs) {
    for (const part of parts) {
      if (part.kind === 'merge' && counts(part)) sum += part.elementCount;
    }
  }
  return sum;
}

function givenBy({ tensors }: Participant): number {
  let sum = 0;
  for (const { dtype, shape } of tensors.values()) {
    if (isFloatDtype(dtype)) sum += elementCount(shape);
  }
  return sum;
}

function usedOf(expert: Participant, { matches }: Matching): number {
  let sum = 0;
  for (const { meetings, mergedCount, kept } of matches) {
    if (kept?.model === expert.model) sum += elementCount(kept.entry.shape);
    // A tied head meets the embedding a second time.
    else if (meetings.some((one) => one.expert === expert && one.tiedTo === null))
      sum += mergedCount;
  }
  return sum;
}
