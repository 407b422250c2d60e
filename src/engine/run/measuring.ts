/** Finds the singular values that ranks go by, before a merge is planned for good. */
import type { Job, Plan } from '../../plan/types.ts';
import type { EnergyCurve } from '../../views/energy.ts';
import { energyOf } from '../library/energy.ts';
import { unmeasured } from '../library/known-spectra.ts';
import type { Planner } from '../library/planner.ts';
import type { PlanOrder } from '../protocol.ts';
import { readBytes } from '../tensor/stretch.ts';
import { type Measuring, measureSpectra } from './measure-spectra.ts';
import { type Metered, ProgressMeter } from './progress.ts';

export type MeasureOptions = Omit<Measuring, 'found'> & {
  readonly progress: (progress: Metered) => void;
};

/**
 * Measures what of an adapter's merge is not known yet, for the planner to plan with; `which` modules, or all.
 * Does nothing for an order of a model. What was found before a failure or an abort stays known.
 */
export async function measureFor(
  order: PlanOrder,
  planner: Planner,
  options: MeasureOptions,
  which: (job: Job) => boolean = () => true,
): Promise<void> {
  const largest = planner.largest(order);
  if (!('plan' in largest)) return;
  const spectra = planner.spectra(order);
  const jobs = unmeasured(largest.plan, spectra).filter(which);
  if (jobs.length === 0) return;
  const meter = new ProgressMeter(jobs.length, options.progress);
  const bytesOf = ({ parts: [part] }: Job) => readBytes(part);
  meter.phase(
    'measuring',
    jobs.reduce((sum, job) => sum + bytesOf(job), 0),
  );
  await measureSpectra(largest.plan, jobs, {
    ...options,
    found(job, spectrum) {
      spectra.set(weightOf(job), spectrum);
      meter.tensor(weightOf(job));
      meter.bytes(bytesOf(job));
      meter.tensorDone();
    },
  });
}

/** What is known of the energy of an order's merge; null of a model, and where nothing is known. */
export function energyFor(order: PlanOrder, planner: Planner): EnergyCurve | null {
  const [planned, largest] = [planner.plan(order), planner.largest(order)];
  if (!('plan' in planned) || !('plan' in largest)) return null;
  return energyOf(planned.plan, largest.plan.ranks?.modules ?? 0, planner.spectra(order));
}

/** Whether a module is known by its factors alone, without a merge. */
export function isOfFactors({ parts: [part] }: Job): boolean {
  return part?.kind === 'factor' && part.weights !== null;
}

/** Whether ranks still wait for singular values. */
export function awaitsRanks({ ranks }: Plan): boolean {
  return ranks !== null && !ranks.areKnown;
}

function weightOf({ tensor, parts: [part] }: Job): string {
  return part?.kind === 'factor' ? part.of : tensor;
}
