/** How much of a merge of adapters an adapter of each rank keeps, from the factors alone. */
import type { Plan } from '../../plan/types.ts';
import type { EnergyCurve } from '../protocol.ts';
import { spectrumOf } from '../tensor/factors.ts';
import type { Sources } from './sources.ts';

/**
 * Over all modules that are known by their factors; null where there is none. Modules one after the other, so
 * that other questions are answered in between.
 */
export async function energyOf(
  { jobs }: Pick<Plan, 'jobs'>,
  sources: Sources,
  signal: AbortSignal,
): Promise<EnergyCurve | null> {
  const spectra: Float64Array[] = [];
  let modules = 0;
  for (const { tensor, parts } of jobs) {
    const [part] = parts;
    // The two sides of a module are one merge.
    if (part?.kind !== 'factor' || part.side === 'right') continue;
    modules += 1;
    if (part.weights === null) continue;
    const reader = { sources, tensor, budget: Number.POSITIVE_INFINITY };
    spectra.push(await spectrumOf(part, reader, signal));
  }
  return spectra.length === 0 ? null : { ...curveOf(spectra), modules, known: spectra.length };
}

/** Shares of Σσ² by rank, from 1 to the longest spectrum: of all modules together, and of the worst of them. */
export function curveOf(spectra: readonly Float64Array[]): Pick<EnergyCurve, 'total' | 'lowest'> {
  const longest = Math.max(...spectra.map(({ length }) => length));
  const squares = spectra.map((spectrum) => spectrum.map((value) => value * value));
  const energies = squares.map((each) => each.reduce((sum, value) => sum + value, 0));
  const whole = energies.reduce((sum, energy) => sum + energy, 0);
  const kept = energies.map(() => 0);
  const total: number[] = [];
  const lowest: number[] = [];
  for (let rank = 0; rank < longest; rank++) {
    let sum = 0;
    let least = 1;
    for (const [m, each] of squares.entries()) {
      kept[m] += each[rank] ?? 0;
      sum += kept[m];
      if (energies[m] > 0) least = Math.min(least, kept[m] / energies[m]);
    }
    total.push(whole > 0 ? Math.min(1, sum / whole) : 1);
    lowest.push(Math.min(1, least));
  }
  return { total, lowest };
}
