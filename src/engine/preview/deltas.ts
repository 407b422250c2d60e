/** Some elements of a merge as each model changed them. */
import { isComputedPlane } from '../../plan/planes.ts';
import type { MergePart, Plan, PlaneRef } from '../../plan/types.ts';
import type { Run } from '../../views/sampling.ts';
import { readAs } from './sample.ts';
import type { Subject } from './subjects.ts';
import { subjectsOf } from './subjects.ts';
import type { Tools } from './tools.ts';

type Values = Float32Array<ArrayBuffer>;

export type Deltas = {
  /** Null where adapters are merged without one. */
  readonly base: Values | null;
  /** By plane of the merge: its values. */
  readonly x: readonly Values[];
  /** By plane of the merge: model − base, one subtraction in f32. */
  readonly own: readonly Values[];
};

export async function deltasOf(
  { tensor }: Pick<Subject, 'tensor'>,
  merge: MergePart,
  runs: readonly Run[],
  { sources, samples, budget, signal }: Tools,
): Promise<Deltas> {
  const reader = { sources, tensor, budget };
  const { readAs: dtype } = merge.precision;
  const read = async (plane: MergePart['planes'][number]) =>
    readAs((await samples.read(plane, runs, reader, signal)).decoded, dtype);
  const base = merge.base && (await read(merge.base));
  const x = await Promise.all(merge.planes.map(read));
  return { base, x, own: base ? x.map((values) => values.map((value, i) => value - base[i])) : x };
}

/** Whether what is merged are changes: of a base, or the updates that adapters hold. Weights as they are tell of none. */
export function knowsChanges(plan: Pick<Plan, 'jobs'>): boolean {
  const merges = subjectsOf(plan).flatMap((subject) => subject.merges);
  return merges.length > 0 && merges.every(({ merge }) => isOfChanges(merge));
}

function isOfChanges({ base, planes }: MergePart): boolean {
  return base !== null || planes.every(isUpdate);
}

function isUpdate(plane: PlaneRef): boolean {
  return isComputedPlane(plane) && plane.formula.kind === 'update' && plane.formula.base === null;
}
