import type { Model } from '../../formats/model.ts';
import { memoryFolder, memorySource } from '../../io/memory.ts';
import type { Source } from '../../io/source.ts';
import type { Plan, SideFile } from '../../plan/types.ts';
import type { Auditor } from '../check/auditor.ts';
import type { Acquired } from '../devices/devices.ts';
import { ladder } from '../devices/ladder.ts';
import { EngineError } from '../errors.ts';
import { Library } from '../library/library.ts';
import type { Sources } from '../library/sources.ts';
import { inlineMaker } from '../run/inline-maker.ts';
import { ProgressMeter } from '../run/progress.ts';
import { measureAll } from '../run/thresholds.ts';
import { writeWeights } from '../run/weights.ts';

/** Bytes beyond which a merge is not made in memory, to be run and forgotten. */
export const mostBytes = 2 ** 30;

export type Opened = { readonly model: Model; readonly sources: Sources };

export type Making = Pick<Acquired, 'backend' | 'fallback' | 'budget'> & {
  readonly sources: Sources;
  readonly signal: AbortSignal;
};

/**
 * What a run of the plan would write, byte for byte, as a model that is open: its weights lie in memory, its small files
 * where they are. Nothing is on a disk that could change it, so it is neither read back nor checked, as a run does.
 *
 * @throws EngineError when it is larger than `mostBytes`; what a run throws
 */
export async function candidate(
  plan: Plan,
  { sources, backend, fallback, budget, signal }: Making,
): Promise<Opened> {
  if (plan.bytesToWrite > mostBytes) {
    const found = Math.ceil(plan.bytesToWrite / 2 ** 20);
    throw new EngineError(
      'too-large',
      `This merge has ${found} MiB; up to ${mostBytes / 2 ** 20} MiB are merged in memory to be scored`,
      { advice: 'Merge it to disk, and score the files.' },
    );
  }
  signal.throwIfAborted();
  const folder = memoryFolder();
  const steps = ladder(backend, fallback);
  const reader = { sources, budget };
  const meter = new ProgressMeter(plan.jobs.length, () => {});
  const measuring = { reader, steps, workers: null, meter, signal };
  const { method, arithmetic } = plan;
  const craft = { method, arithmetic, magnitudes: await measureAll(plan, measuring) };
  const maker = inlineMaker(craft, reader, steps);
  await writeWeights(plan, {
    makers: { next: () => maker, share: budget / 8 },
    output: { sink: folder, auditor: unaudited, signal, idleBuffers: [], onChecked() {} },
    ...{ meter, onTensor() {} },
  });
  const sides = plan.sideFiles.map((side) => sideSource(side, sources));
  const shelf = new Library();
  const files = [...folder.sources(), ...sides];
  return { model: await shelf.open('candidate', 'The merge', files, signal), sources: shelf };
}

function sideSource(side: SideFile, sources: Sources): Source {
  if ('text' in side) return memorySource(side.name, new TextEncoder().encode(side.text));
  const { model, companion } = side.copy;
  return { ...sources.companion(model, companion), name: side.name };
}

/** Nothing of a folder in memory is read back. */
const unaudited: Auditor = {
  dispose() {},
  open: () => ({
    feed: async ({ buffer }) => buffer,
    endPiece() {},
    finish: () => Promise.reject(new Error('It was not checked')),
  }),
};
