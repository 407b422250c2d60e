import type { Backend } from '../../compute/backend.ts';
import type { Job, MeasuredSpectrum, Plan } from '../../plan/types.ts';
import type { Crew } from '../crew/crew.ts';
import { type Fallback, ladder } from '../devices/ladder.ts';
import type { Sources } from '../library/sources.ts';
import { measure, type Shop } from '../tensor/job.ts';
import { crewRun } from './crew-maker.ts';

export type Measuring = {
  readonly sources: Sources;
  readonly backend: Backend;
  readonly fallback: Fallback;
  /** Kernel workers, for what the CPU does; without any this thread does it. */
  readonly crew: Crew | null;
  readonly budget: number;
  readonly signal: AbortSignal;
  /** Hears of each module, as its singular values are found. */
  readonly found: (job: Job, spectrum: MeasuredSpectrum) => void;
};

/**
 * Singular values of the merges that `jobs` write factors of, one job for each module. Weighted sums take
 * their factors alone; what has full rank is merged for it.
 *
 * @throws JobError naming step, tensor and file; EngineError when a matrix is beyond the memory; AbortError
 */
export async function measureSpectra(
  plan: Plan,
  jobs: readonly Job[],
  { sources, backend, fallback, crew, budget, signal, found }: Measuring,
): Promise<void> {
  const { method, arithmetic } = plan;
  const craft = { method, arithmetic, magnitudes: null };
  const reader = { sources, budget };
  if (crew === null || backend.kind !== 'cpu') {
    const shop: Shop = { craft, reader, ladder: ladder(backend, fallback), signal };
    for (const job of jobs) found(job, await measure(job, shop));
    return;
  }
  const stop = new AbortController();
  const run = crewRun(plan, crew, { ...reader, signal: AbortSignal.any([signal, stop.signal]) });
  const one = async (job: Job) => {
    const result = await crew.do(run, { kind: 'spectrum', craft, job }, run.signal, {});
    if (result.kind !== 'spectrum') throw new Error('The kernel worker answered something else');
    found(job, result.spectrum);
  };
  try {
    await Promise.all(jobs.map(one));
  } finally {
    stop.abort();
    await crew.end(run);
  }
}
