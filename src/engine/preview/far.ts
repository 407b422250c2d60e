/** What a look would fetch over the network: it is said before it is done. */
import type { Source } from '../../io/source.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import { isComputedPlane, planesOf, spansOfPlane } from '../../plan/planes.ts';
import type { MergePart, PlaneRef } from '../../plan/types.ts';
import { elementsIn, type Run } from '../../views/sampling.ts';
import type { Tools } from './tools.ts';

/** Whether a run costs more than its elements: a request to a server, or factors to be read. */
export function isDear(merge: MergePart, { sources }: Pick<Tools, 'sources'>): boolean {
  return planesOf(merge).some(
    (plane) =>
      isComputedPlane(plane) || isPlane(plane, sources, ({ ahead }) => ahead !== undefined),
  );
}

/** Bytes of the runs that would come over the network; what was sampled before is not fetched again. */
export function farBytes(
  merge: MergePart,
  runs: readonly Run[],
  { sources, samples }: Pick<Tools, 'sources' | 'samples'>,
): number {
  const planes = planesOf(merge).filter(
    (plane) => isPlane(plane, sources, isRemote) && !samples.has(plane, runs),
  );
  return planes.reduce((sum, plane) => sum + bytesOf(plane, runs), 0);
}

const isRemote = (source: Source) => source.isRemote === true;

function isPlane(
  plane: PlaneRef,
  sources: Tools['sources'],
  has: (source: Source) => boolean,
): boolean {
  return spansOfPlane(plane).some(({ model, file }) => has(sources.weights(model, file)));
}

/** Of a computed plane all of its inputs, at the most. */
function bytesOf(plane: PlaneRef, runs: readonly Run[]): number {
  if (!isComputedPlane(plane)) return elementsIn(runs) * bytesPerElement(plane.dtype);
  return plane.inputs.reduce((sum, { begin, end }) => sum + end - begin, 0);
}
