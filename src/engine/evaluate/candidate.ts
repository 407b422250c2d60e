import type { Model } from '../../formats/model.ts';
import { memoryFolder } from '../../io/memory.ts';
import type { Plan } from '../../plan/types.ts';
import { inlineAuditor } from '../check/auditor.ts';
import type { Crew } from '../crew/crew.ts';
import type { Acquired } from '../devices/devices.ts';
import { EngineError } from '../errors.ts';
import { Library } from '../library/library.ts';
import type { Sources } from '../library/sources.ts';
import { run } from '../run/run.ts';

/** Bytes beyond which a merge is not made in memory, to be run and forgotten. */
export const mostBytes = 2 ** 30;

export type Opened = { readonly model: Model; readonly sources: Sources };

export type Making = Acquired & {
  readonly sources: Sources;
  readonly crew: Crew | null;
  readonly signal: AbortSignal;
};

/**
 * What a run of the plan would write, byte for byte, as a model that is open. It lies in memory and never on disk.
 *
 * @throws EngineError when it is larger than `mostBytes`; what a run throws
 */
export async function candidate(plan: Plan, making: Making): Promise<Opened> {
  if (plan.bytesToWrite > mostBytes) {
    const found = Math.ceil(plan.bytesToWrite / 2 ** 20);
    throw new EngineError(
      'too-large',
      `This merge has ${found} MiB; up to ${mostBytes / 2 ** 20} MiB are merged in memory to be scored`,
      { advice: 'Merge it to disk, and score the files.' },
    );
  }
  const folder = memoryFolder();
  const { sources, crew, backend, fallback, budget, signal } = making;
  const events = { progress() {}, tensor() {} };
  const auditor = inlineAuditor();
  await run(plan, {
    ...{ sources, sink: folder, backend, fallback, crew, auditor, budget, signal, events },
  });
  const shelf = new Library();
  return { model: await shelf.open('candidate', 'The merge', folder.sources()), sources: shelf };
}
