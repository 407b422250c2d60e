/**
 * Libraries that give a model a head put its body one level down: `bert.encoder…` beside `classifier.weight`.
 * Where the output takes the head of a model that has it so, its body is stored so too: transformers 4
 * refuses a head beside a body without its prefix as corrupted.
 */
import type { UnplacedJob } from './jobs.ts';
import type { Tensors } from './names/tensors.ts';
import type { Participants } from './participants.ts';
import { headDonor, taskHeadOf } from './task-head.ts';

/** What stands in front of the body's names, beside the head that the output gets; empty where nothing does. */
export function bodyPrefix(who: Participants): string {
  const donor = headDonor(who);
  if (!donor || donor.model === who.reference) return '';
  const head = taskHeadOf(donor).map(({ name }) => name);
  const body = [...donor.tensors.keys()].filter(
    (name) => who.reference.tensors.has(name) && !head.includes(name),
  );
  const [ofHead, ofBody] = [head, body].map((names) => commonPrefix(donor.tensors, names));
  if (ofHead === null || !ofBody?.startsWith(ofHead)) return '';
  const prefix = ofBody.slice(ofHead.length);
  return prefix.endsWith('.') ? prefix : '';
}

/** What all these tensors have in front in their own files; null where that differs. */
function commonPrefix(tensors: Tensors, names: readonly string[]): string | null {
  const prefixes = new Set<string | null>();
  for (const name of names) {
    const own = tensors.get(name)!.name;
    prefixes.add(own.endsWith(name) ? own.slice(0, own.length - name.length) : null);
  }
  const [prefix] = prefixes;
  return prefixes.size === 1 ? prefix : null;
}

/** The same jobs, with the body under the names that it has beside the head. */
export function withBodyNames(
  jobs: readonly UnplacedJob[],
  who: Participants,
): readonly UnplacedJob[] {
  const prefix = bodyPrefix(who);
  if (prefix === '') return jobs;
  const head = new Set(taskHeadOf(headDonor(who)!).map(({ name }) => name));
  return jobs.map((job) =>
    !head.has(job.tensor) ? { ...job, storedAs: prefix + job.tensor } : job,
  );
}
