import type { Part, Plan, SideFile } from './types.ts';

/** Jobs the engine has in flight: one is computed while the next is read or the last written. */
const IN_FLIGHT = 2;
const F32_BYTES = 4;

/**
 * Bytes read from the sources. A whole-model trim reads the planes of every merge once more, to find
 * its thresholds. Tensors larger than the memory budget are read again for their measures; that is not
 * counted.
 */
export function bytesToRead(plan: Pick<Plan, 'jobs' | 'wholeModelCounts'>): number {
  const passes = plan.wholeModelCounts ? 2 : 1;
  return plan.jobs
    .flatMap((job) => job.parts)
    .reduce((sum, part) => sum + readBytes(part) * (part.kind === 'merge' ? passes : 1), 0);
}

/** Bytes of the output folder; `companionSize` gives the size of a copied side file. */
export function bytesToWrite(
  plan: Pick<Plan, 'files' | 'sideFiles'>,
  companionSize: (copy: { readonly model: string; readonly companion: string }) => number,
): number {
  const weights = plan.files.reduce((sum, file) => sum + file.byteLength, 0);
  const text = new TextEncoder();
  const sizeOf = (file: SideFile) =>
    'text' in file ? text.encode(file.text).length : companionSize(file.copy);
  return weights + plan.sideFiles.reduce((sum, file) => sum + sizeOf(file), 0);
}

/**
 * The most memory a run takes for tensors: for the largest job the raw planes, one f32 copy of each
 * and the output, for each job in flight. Never more than the budget, because larger tensors go through
 * in blocks. Copies stream and count as nothing.
 */
export function peakBytes(plan: Pick<Plan, 'jobs'>, memoryBudget: number): number {
  const largest = plan.jobs.reduce((most, job) => {
    const working = job.parts.map((part) => workingBytes(part));
    const needed = Math.max(0, ...working);
    return Math.max(most, needed > 0 ? needed + job.byteLength : 0);
  }, 0);
  return Math.min(largest * IN_FLIGHT, memoryBudget);
}

function readBytes(part: Part): number {
  switch (part.kind) {
    case 'copy':
      return part.span.end - part.span.begin;
    case 'cast':
      return part.plane.end - part.plane.begin;
    case 'merge':
      return [...part.planes, ...(part.base ? [part.base] : [])].reduce(
        (sum, plane) => sum + plane.end - plane.begin,
        0,
      );
    default:
      return part satisfies never;
  }
}

function workingBytes(part: Part): number {
  if (part.kind === 'copy') return 0;
  const planes = part.kind === 'cast' ? 1 : part.planes.length + (part.base ? 1 : 0);
  return readBytes(part) + planes * part.elementCount * F32_BYTES;
}
