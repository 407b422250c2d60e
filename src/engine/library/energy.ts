/** How much of a merge of adapters an adapter of each rank keeps, and what the recipe's ranks keep. */
import type { MeasuredSpectrum, Plan, Spectra } from '../../plan/types.ts';
import type { EnergyCurve } from '../../views/energy.ts';

/** Over all modules that are known; null where there is none. `plan` has the recipe's ranks. */
export function energyOf(plan: Plan, modules: number, spectra: Spectra): EnergyCurve | null {
  if (spectra.size === 0) return null;
  return {
    ...curveOf([...spectra.values()]),
    ...{ modules, known: spectra.size },
    chosen: plan.ranks && {
      ranks: plan.ranks,
      ...keptBy(plan, spectra),
      bytes: plan.files.reduce((sum, { byteLength }) => sum + byteLength, 0),
    },
  };
}

/** Shares of Σσ² by rank, from 1 to the longest spectrum: of all modules together, and of the worst of them. */
export function curveOf(
  spectra: readonly MeasuredSpectrum[],
): Pick<EnergyCurve, 'total' | 'lowest'> {
  const longest = Math.max(...spectra.map(({ values }) => values.length));
  const whole = spectra.reduce((sum, { energy }) => sum + energy, 0);
  const kept = spectra.map(() => 0);
  const total: number[] = [];
  const lowest: number[] = [];
  for (let rank = 0; rank < longest; rank++) {
    let sum = 0;
    let least = 1;
    for (const [m, { values, energy }] of spectra.entries()) {
      kept[m] += (values[rank] ?? 0) ** 2;
      sum += kept[m];
      if (energy > 0) least = Math.min(least, kept[m] / energy);
    }
    total.push(whole > 0 ? Math.min(1, sum / whole) : 1);
    lowest.push(Math.min(1, least));
  }
  return { total, lowest };
}

/** What the ranks of a plan keep of all modules together, and of the one that loses most. */
function keptBy(
  { jobs }: Plan,
  spectra: Spectra,
): { readonly kept: number; readonly least: number } {
  let [sum, whole, least] = [0, 0, 1];
  for (const { parts } of jobs) {
    const [part] = parts;
    if (part?.kind !== 'factor' || part.side === 'right') continue;
    const known = spectra.get(part.of);
    if (!known || known.energy === 0) continue;
    const own = known.values.slice(0, part.rank).reduce((total, value) => total + value * value, 0);
    sum += own;
    whole += known.energy;
    least = Math.min(least, own / known.energy);
  }
  return { kept: whole > 0 ? Math.min(1, sum / whole) : 1, least };
}
