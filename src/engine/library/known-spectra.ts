import { isEnough } from '../../plan/adapter/factors.ts';
import type { Job, MeasuredSpectrum, Plan, Spectra } from '../../plan/types.ts';
import type { PlanOrder } from '../protocol.ts';

/** Merges whose singular values are remembered: the one before is a step of undo away. */
const MERGES = 2;

/**
 * Singular values that were measured, by the merge they are of: the rank and its rule, the name and the
 * precision of what is written make no difference to them.
 */
export class KnownSpectra {
  #merges: readonly { readonly key: string; readonly spectra: Map<string, MeasuredSpectrum> }[] =
    [];

  /** Of that merge, by the weight's name: all that were measured so far. */
  of(order: PlanOrder, version: number): Map<string, MeasuredSpectrum> {
    const { as } = order.recipe.output;
    const key = JSON.stringify([{ ...order.recipe, output: { as } }, version]);
    const known = this.#merges.find((one) => one.key === key) ?? { key, spectra: new Map() };
    this.#merges = [known, ...this.#merges.filter((one) => one !== known)].slice(0, MERGES);
    return known.spectra;
  }
}

/** Of each module one job, where what is known of it is not enough for its largest rank. */
export function unmeasured({ jobs }: Pick<Plan, 'jobs'>, known: Spectra): readonly Job[] {
  return jobs.filter(({ parts: [part] }) => {
    // The two sides of a module are of one merge.
    if (part?.kind !== 'factor' || part.side === 'right') return false;
    return !isEnough(known.get(part.of), part.rank);
  });
}
