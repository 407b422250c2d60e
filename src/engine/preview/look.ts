/** Some elements of a merge as its method sees them. */
import { cpuBackend } from '../../compute/cpu/backend.ts';
import type { MergePart, PlaneRef } from '../../plan/types.ts';
import { elementsIn, type Run } from '../../views/sampling.ts';
import { type Eye, eyeOf, type Lens } from './eye.ts';
import { ranked } from './ranked.ts';
import { blocksOf, readAs, thinned, thinnedValues, type Values } from './sample.ts';
import type { Subject } from './subjects.ts';
import type { Tools } from './tools.ts';

export type Sight = Pick<Eye, 'weights' | 'ordinals'> & {
  /** By plane of the merge; before weights. */
  readonly left: readonly Float32Array[];
  /** Those of the runs that were looked at. */
  readonly runs: readonly Run[];
};

type Plane = Float32Array<ArrayBuffer>;
type Seen = {
  readonly eye: Eye;
  readonly x: readonly Plane[];
  readonly base: Plane | null;
  readonly runs: readonly Run[];
};

const backend = cpuBackend();

/** What trim or draw leaves of each model's task vector. */
export async function look(
  subject: Subject,
  merge: MergePart,
  runs: readonly Run[],
  lens: Lens,
  tools: Tools,
): Promise<Sight> {
  return sightOf(await sampleSeen(subject, merge, runs, lens, tools));
}

export function sightOf({ eye, x, base, runs }: Seen): Sight {
  const { weights, ordinals } = eye;
  return { left: eye.left(x, base, 0), weights, ordinals, runs };
}

/** Reads the runs, and has the method measure them as if they were the whole tensor. */
export async function sampleSeen(
  subject: Subject,
  merge: MergePart,
  runs: readonly Run[],
  lens: Lens,
  { sources, samples, budget, signal, isCoarse = false }: Tools,
): Promise<Seen> {
  const { planes, base, precision } = merge;
  const shown = isCoarse ? thinned(runs) : runs;
  const reader = { sources, tensor: subject.tensor, budget };
  const read = async (plane: PlaneRef) => {
    const values = await samples.read(plane, runs, reader, signal);
    return { ...(isCoarse ? thinnedValues(values, runs) : values), dtype: plane.dtype };
  };
  const own = await Promise.all(planes.map(read));
  const ofBase = base && (await read(base));
  const blocks = blocksOf(own, ofBase, precision.readAs, elementsIn(shown));
  const seen = ({ decoded }: Values) => ({ decoded, x: readAs(decoded, precision.readAs) });
  const models = own.map(seen);
  const under = ofBase && seen(ofBase);
  const measures = ranked(backend, models, under, precision.readAs);
  const eye = await eyeOf(subject, merge, blocks, lens, measures, signal);
  return { eye, x: models.map(({ x }) => x), base: under?.x ?? null, runs: shown };
}
