/** Some elements of a merge as its method sees them: what is left of each model's task vector. */
import { cpuBackend } from '../../compute/cpu/backend.ts';
import type { MergePart, PlaneRef } from '../../plan/types.ts';
import { elementsIn, type Run } from '../../views/sampling.ts';
import { type Eye, eyeOf, type Lens } from './eye.ts';
import { blocksOf, readAs } from './sample.ts';
import type { Subject } from './subjects.ts';
import type { Tools } from './tools.ts';

export type Sight = Pick<Eye, 'weights' | 'ordinals'> & {
  /** By plane of the merge; before weights. The arrays hold until the next look. */
  readonly left: readonly Float32Array[];
};

const backend = cpuBackend();

/** Reads the runs, measures them as if they were the whole tensor, and trims or draws as the method does. */
export async function look(
  subject: Subject,
  merge: MergePart,
  runs: readonly Run[],
  lens: Lens,
  { sources, samples, budget, signal }: Tools,
): Promise<Sight> {
  const { planes, base, precision } = merge;
  const reader = { sources, tensor: subject.tensor, budget };
  const read = async (plane: PlaneRef) => ({
    ...(await samples.read(plane, runs, reader, signal)),
    dtype: plane.dtype,
  });
  const own = await Promise.all(planes.map(read));
  const ofBase = base && (await read(base));
  const blocks = blocksOf(own, ofBase, precision.readAs, elementsIn(runs));
  const eye = await eyeOf(subject, merge, blocks, lens, backend, signal);
  const x = own.map(({ decoded }) => readAs(decoded, precision.readAs));
  const b = ofBase && readAs(ofBase.decoded, precision.readAs);
  return { left: eye.left(x, b, 0), weights: eye.weights, ordinals: eye.ordinals };
}
