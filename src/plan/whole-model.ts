import { keptCount } from '../methods/task-vectors.ts';
import type { UnplacedJob } from './jobs.ts';
import type { Participants } from './participants.ts';
import { mergedWith } from './share.ts';

/**
 * For one threshold per model over all its tensors: how many elements each expert keeps of all it
 * takes part in, by its density before rules. Null when thresholds are per tensor, or nothing is
 * trimmed.
 */
export function wholeModelCounts(
  who: Participants,
  jobs: readonly UnplacedJob[],
): readonly number[] | null {
  if (who.recipe.trimScope !== 'model' || !who.method.trimsWholeModel) return null;
  return who.experts.map((expert) =>
    keptCount(
      Number(expert.values['density']),
      mergedWith(expert, jobs, who.method.id),
      who.arithmetic,
    ),
  );
}
