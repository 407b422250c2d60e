import { bytesPerElement } from '../../numerics/dtype.ts';
import { isComputedPlane, planesOf, storedBytes } from '../../plan/planes.ts';
import type { Job, Part, Plan, PlaneRef } from '../../plan/types.ts';

/** Consecutive tensors of one output file that are made in one go. */
export type Stretch = {
  /** Index into `Plan.files`. */
  readonly file: number;
  /** Where it begins in the file, and how long it is; bytes. */
  readonly begin: number;
  readonly byteLength: number;
  /** Place of the first job among those of the plan. */
  readonly first: number;
  readonly jobs: readonly Job[];
};

/** Bytes read and written for a stretch of many tensors: enough to hide what a task costs. */
const MOST_BYTES = 2 ** 20;
/** Tensors in a stretch: a second's work at most, however tiny they are. */
const MOST_JOBS = 256;

/**
 * The plan as stretches, in the order of the files. What several tensors in one take together stays below
 * `budget` bytes; one alone may be of any size.
 */
export function* stretchesOf({ files, jobs }: Plan, budget: number): Generator<Stretch> {
  const most = Math.min(MOST_BYTES, budget);
  let file = -1;
  let begin = 0;
  let bytes = 0;
  let first = 0;
  let group: Job[] = [];
  const cut = (): Stretch => {
    const byteLength = group.reduce((sum, job) => sum + job.byteLength, 0);
    const stretch = { file, begin, byteLength, first, jobs: group };
    first += group.length;
    begin += byteLength;
    group = [];
    bytes = 0;
    return stretch;
  };
  for (const job of jobs) {
    const cost = bytesOf(job);
    const full = group.length === MOST_JOBS || bytes + cost > most;
    if (group.length > 0 && (job.file !== file || full)) yield cut();
    if (job.file !== file) {
      file = job.file;
      begin = files[file].header.length;
    }
    group.push(job);
    bytes += cost;
  }
  if (group.length > 0) yield cut();
}

function bytesOf(job: Job): number {
  return job.parts.reduce((sum, part) => sum + readBytes(part), job.byteLength);
}

/** Bytes of the planes of a part, and of what they are computed from. */
export function readBytes(part: Part): number {
  if (part.kind === 'copy') return part.span.end - part.span.begin;
  if (part.kind === 'factor') return planesOf(part).reduce((sum, p) => sum + storedBytes(p), 0);
  return planesOf(part).reduce((sum, plane) => sum + valueBytes(plane, part.elementCount), 0);
}

function valueBytes(plane: PlaneRef, elementCount: number): number {
  const values = elementCount * bytesPerElement(plane.dtype);
  return isComputedPlane(plane) ? values + storedBytes(plane) : values;
}
