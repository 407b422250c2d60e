/** Some elements of a merge as its method sees them. */
import { cpuBackend } from '../../compute/cpu/backend.ts';
import type { MergePart, PlaneRef } from '../../plan/types.ts';
import { elementsIn, type Run } from '../../views/sampling.ts';
import { type Eye, eyeOf, type Lens } from './eye.ts';
import { blocksOf, readAs } from './sample.ts';
import type { Subject } from './subjects.ts';
import type { Tools } from './tools.ts';

export type Sight = Pick<Eye, 'weights' | 'ordinals'> & {
  /** By plane of the merge; before weights. */
  readonly left: readonly Float32Array[];
};

type Plane = Float32Array<ArrayBuffer>;
type Seen = { readonly eye: Eye; readonly x: readonly Plane[]; readonly base: Plane | null };

const backend = cpuBackend();

/** What trim or draw leaves of each model's task vector. */
export async function look(
  subject: Subject,
  merge: MergePart,
  runs: readonly Run[],
  lens: Lens,
  tools: Tools,
): Promise<Sight> {
  const { eye, x, base } = await sampleSeen(subject, merge, runs, lens, tools);
  return sightOf(eye, x, base);
}

export function sightOf(eye: Eye, x: readonly Plane[], base: Plane | null): Sight {
  return { left: eye.left(x, base, 0), weights: eye.weights, ordinals: eye.ordinals };
}

/** Reads the runs, and has the method measure them as if they were the whole tensor. */
export async function sampleSeen(
  subject: Subject,
  merge: MergePart,
  runs: readonly Run[],
  lens: Lens,
  { sources, samples, budget, signal }: Tools,
): Promise<Seen> {
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
  return { eye, x, base: ofBase && readAs(ofBase.decoded, precision.readAs) };
}
