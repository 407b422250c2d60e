/** A merge of almost nothing, which is the base under another name. */
import { error, percent, warning } from '../finding.ts';
import type { UnplacedJob } from '../jobs.ts';
import type { Matching } from '../match.ts';
import type { Participants } from '../participants.ts';
import { mergedWith } from '../share.ts';
import type { Finding, Share } from '../types.ts';

/** Below this share of the output's elements a model hardly takes part. */
const HALF = 0.5;

export function checkShare(
  who: Participants,
  { experts }: Matching,
  jobs: readonly UnplacedJob[],
  { total }: Share,
): readonly Finding[] {
  const { reference, recipe } = who;
  if (who.stack) return []; // who takes part where is chosen slice by slice
  return experts.flatMap(({ expert, missing }): readonly Finding[] => {
    const merged = mergedWith(expert, jobs, who.method.id);
    // That nothing is shared at all is an error of its own.
    const isSaid = missing.length === reference.tensors.size;
    if (isSaid || expert.adapted || expert.model === reference || merged >= HALF * total) return [];
    const message = `${expert.model.name} takes part in ${percent(merged, total)} of the elements of the output; everywhere else the output is made without it.`;
    const details = { place: { model: expert.ref.id } };
    if (recipe.smallShare === 'merge anyway') {
      return [warning('little-merged', message, 'You chose to merge anyway.', details)];
    }
    const advice =
      'Look at the names and shapes that do not meet, below. If it is meant, merge anyway.';
    const fixes = [
      { kind: 'set-small-share', label: 'Merge anyway', value: 'merge anyway' },
    ] as const;
    return [error('little-merged', message, advice, { ...details, fixes })];
  });
}
