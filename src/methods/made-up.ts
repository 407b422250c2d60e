/** Made-up numbers as a tensor of their own, for where there are no models: what is drawn, and measured, of them. */
import { countKept, markKept } from '../numerics/random.ts';
import { selectMagnitude } from '../numerics/select.ts';
import { rankInto } from './lines.ts';
import type { ChangeMeasure, Keep } from './method.ts';

/** Where they lie: in a tensor without a name. */
export const madeUp = { start: 0, tensorKey: 0, ordinals: [0, 1, 2, 3, 4, 5, 6, 7] };

/** Changes chosen so that every step has something to do: conflicts, a tie, a loud minority, noise. */
export const madeUpChanges: readonly (readonly number[])[] = [
  [0.5, 0.3, -0.05, -0.6, 0.03, 0.22, -0.34, 0.7, -0.18, 0.42],
  [0.1, -0.7, 0.4, 0.55, 0.02, 0.28, -0.3, -0.12, -0.26, 0.08],
  [-0.4, 0.35, -0.2, -0.45, -0.05, 0.25, 0.66, 0.08, -0.31, -0.55],
  [0.15, -0.1, 0.62, -0.25, -0.04, 0.3, -0.52, 0.05, 0.2, -0.12],
];

/** What a backend would measure of these elements, as if they were a tensor of their own. */
export function measureOfAll(
  measure: ChangeMeasure,
  planes: readonly Float32Array[],
): readonly number[] {
  switch (measure.kind) {
    case 'lineDots':
    case 'dot':
      return [planes[measure.a].reduce((sum, x, i) => sum + x * planes[measure.b][i], 0)];
    case 'magnitude': {
      const { magnitude, lastIndex } = selectMagnitude(planes[measure.model], measure.count);
      return [magnitude, lastIndex];
    }
    case 'rankMass': {
      const { model, lines, chance, seed } = measure;
      const plane = Float32Array.from(planes[model]);
      const chances = new Float32Array(plane.length);
      rankInto(lines, plane, chance, chances);
      const kept = new Uint8Array(plane.length);
      markKept({ seed, tensorKey: madeUp.tensorKey, model }, madeUp.start, chances, kept);
      const mass = (of: (i: number) => number) =>
        plane.reduce((sum, x, i) => sum + Math.abs(x) * of(i), 0);
      return [mass(() => 1), mass((i) => kept[i])];
    }
    case 'mass':
      return [massOf(planes[measure.model], measure.keep, measure.model)];
    case 'eachLine':
      return [measure.of(planes, new Float32Array(planes[0].length), Math.fround)];
    case 'whole':
      return Array.from(measure.of(planes));
    default:
      return measure satisfies never;
  }
}

function massOf(plane: Float32Array, keep: Keep, model: number): number {
  const share = sharesOf(plane, keep, model);
  return plane.reduce((sum, x, i) => sum + Math.abs(x) * share(x, i), 0);
}

/** How much of an element is kept: 0, 1, or for draws the share that keeps it. */
function sharesOf(
  plane: Float32Array,
  keep: Keep,
  model: number,
): (x: number, i: number) => number {
  switch (keep.kind) {
    case 'all':
      return () => 1;
    case 'largest':
      return (x, i) =>
        Math.abs(x) > keep.magnitude || (Math.abs(x) === keep.magnitude && i <= keep.lastIndex)
          ? 1
          : 0;
    case 'drawn': {
      const counts = new Uint8Array(plane.length);
      countKept({ ...keep, tensorKey: madeUp.tensorKey, model }, madeUp.start, counts);
      return (_, i) => counts[i] / keep.draws;
    }
    default:
      return keep satisfies never;
  }
}
