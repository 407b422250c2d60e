/** What a look would fetch over the network: it is said before it is done. */
import { bytesPerElement } from '../../numerics/dtype.ts';
import { isComputedPlane, planesOf, spansOfPlane } from '../../plan/planes.ts';
import type { MergePart, PlaneRef } from '../../plan/types.ts';
import { elementsIn, type Run } from '../../views/sampling.ts';
import type { Tools } from './tools.ts';

/** Whether a run costs more than its elements: a request to a server, or factors to be read. */
export function isDear(merge: MergePart, { sources }: Pick<Tools, 'sources'>): boolean {
  return planesOf(merge).some((plane) => isComputedPlane(plane) || isFarPlane(plane, sources));
}

/** Bytes of the runs that would come over the network; what was sampled before is not fetched again. */
export function farBytes(
  merge: MergePart,
  runs: readonly Run[],
  { sources, samples }: Pick<Tools, 'sources' | 'samples'>,
): number {
  const planes = planesOf(merge).filter(
    (plane) => isFarPlane(plane, sources) && !samples.has(plane, runs),
  );
  return planes.reduce((sum, plane) => sum + bytesOf(plane, runs), 0);
}

function isFarPlane(plane: PlaneRef, sources: Tools['sources']): boolean {
  return spansOfPlane(plane).some(
    ({ model, file }) => sources.weights(model, file).ahead !== undefined,
  );
}

/** Of a computed plane all of its inputs, at the most. */
function bytesOf(plane: PlaneRef, runs: readonly Run[]): number {
  if (!isComputedPlane(plane)) return elementsIn(runs) * bytesPerElement(plane.dtype);
  return plane.inputs.reduce((sum, { begin, end }) => sum + end - begin, 0);
}
