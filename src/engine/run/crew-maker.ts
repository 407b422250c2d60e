import type { Plan } from '../../plan/types.ts';
import type { Crew, CrewRun } from '../crew/crew.ts';
import type { CrewFile } from '../crew/messages.ts';
import { weightsKey } from '../library/sources.ts';
import type { Craft } from '../tensor/job.ts';
import { spansOf } from '../tensor/read-together.ts';
import type { Maker } from './makers.ts';

/** What kernel workers need to know of a run that may hold `budget` bytes: half of them are theirs. */
export function crewRun(
  plan: Plan,
  crew: Crew,
  { sources, budget, signal }: Pick<CrewRun, 'sources' | 'signal'> & { readonly budget: number },
): CrewRun {
  const files = new Map<string, CrewFile>();
  for (const { model, file } of plan.jobs.flatMap((job) => job.parts.flatMap(spansOf))) {
    const key = weightsKey(model, file);
    if (files.has(key)) continue;
    const { name, size, local = null } = sources.weights(model, file);
    files.set(key, { model, file, name, size, local });
  }
  return { files: [...files.values()], share: budget / 2 / crew.size, sources, signal };
}

/** Makes stretches in kernel workers. */
export function crewMaker(crew: Crew, run: CrewRun, craft: Craft): Maker {
  return {
    atOnce: crew.atOnce,
    async make(stretch, take, signal) {
      const made = await crew.do(run, { kind: 'stretch', craft, stretch }, signal, { take });
      if (made.kind !== 'stretch') throw new Error('The kernel worker answered something else');
      return made;
    },
  };
}
