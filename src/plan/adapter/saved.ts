/** Modules that an adapter holds whole: PEFT's modules_to_save. */
import { makeJobs, type UnplacedJob } from '../jobs.ts';
import type { Match, Matching } from '../match.ts';
import type { Participants } from '../participants.ts';
import { withTwins } from '../twins.ts';
import { ownNamesIn } from './own-names.ts';

export type Saved = {
  readonly jobs: readonly UnplacedJob[];
  /** Their names, as PEFT's config lists them. */
  readonly modules: readonly string[];
};

/**
 * The modules of those of `matches` that are wanted, with all that they have, a batch norm's counts as well:
 * PEFT puts a whole module in place of the base's.
 */
export function savedWith(
  who: Participants,
  matching: Matching,
  matches: readonly Match[],
  isWanted: (match: Match) => boolean,
): Saved {
  const modules = new Set(
    matches
      .filter((match) => isParameter(match.entry.name) && isWanted(match))
      .map(({ entry }) => moduleOf(entry.name)),
  );
  const ownName = ownNamesIn(who);
  const nameOf = (module: string) => ownName(withoutComponent(module));
  const jobs = modules.size === 0 ? [] : withTwins(makeJobs(who, matching), who, matching);
  return {
    jobs: jobs
      .filter(({ tensor }) => modules.has(moduleOf(tensor)))
      .map((job) => ({ ...job, storedAs: savedName(nameOf, job.tensor), component: '' })),
    modules: [...modules].map(nameOf),
  };
}

const savedName = (nameOf: (module: string) => string, tensor: string) =>
  `base_model.model.${nameOf(moduleOf(tensor))}${tensor.slice(tensor.lastIndexOf('.'))}`;

/** `unet/conv_in` is known to its own library as `conv_in`. */
const withoutComponent = (name: string) => name.slice(name.indexOf('/') + 1);

const moduleOf = (name: string) => name.slice(0, name.lastIndexOf('.'));

/** Other tensors are held by no module that could be named. */
const isParameter = (name: string) => /.\.(?:weight|bias)$/.test(name);
