import { bitsOf, bytesPerElement } from '../numerics/dtype.ts';
import { guideCount } from './call.ts';
import { planesOf, storedBytesOf } from './planes.ts';
import type { Part, Plan, SideFile } from './types.ts';

/** Jobs the engine has in flight: one is computed while the next is read or the last written. */
const IN_FLIGHT = 2;
/** The engine's largest block, in bytes of all its planes. */
const LARGEST_BLOCK = 64 * 2 ** 20;
/** Copies of a block's output on its way: on the backend, read back, waiting, being written. */
const OUTPUTS = 4;

/**
 * Bytes read from the sources. A whole-model trim first reads, for each expert that is trimmed, its
 * planes and the base's once more. Tensors larger than the memory budget are read again for their
 * measures; that is not counted.
 */
export function bytesToRead(plan: Pick<Plan, 'jobs' | 'wholeModelCounts'>): number {
  const parts = plan.jobs.flatMap((job) => job.parts);
  // The two sides of a module are made of one merge.
  const once = parts
    .filter((part) => part.kind !== 'factor' || part.side === 'left')
    .reduce((sum, part) => sum + readBytes(part), 0);
  const measured = (plan.wholeModelCounts ?? []).map((count, expert) => {
    const mine = parts.filter((part) => part.kind === 'merge' && part.ordinals.includes(expert));
    const total = mine.reduce((sum, part) => sum + elementsOf(part), 0);
    if (count <= 0 || count >= total) return 0;
    return mine.reduce((sum, part) => sum + measuredBytes(part, expert), 0);
  });
  return measured.reduce((sum, bytes) => sum + bytes, once);
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
 * The most memory a run takes for tensors: for the largest job its planes, the copy of a block that the
 * backend works on with what guides the formula there, and the block's outputs; for each job in flight. Never more than the budget, because
 * larger tensors go through in blocks. Copies stream and count as nothing.
 */
export function peakBytes(
  plan: Pick<Plan, 'jobs' | 'method' | 'arithmetic'>,
  memoryBudget: number,
): number {
  const needs = plan.jobs.flatMap((job) =>
    job.parts.map((part) => {
      const guides = part.kind === 'merge' ? guideCount(part, job, plan) : 0;
      return workingBytes(part, bitsOf[job.dtype] / 8, guides * bytesPerElement('F32'));
    }),
  );
  const largest = needs.reduce((most, need) => Math.max(most, need), 0);
  return Math.min(largest * IN_FLIGHT, memoryBudget);
}

function readBytes(part: Part): number {
  switch (part.kind) {
    case 'copy':
      return part.span.end - part.span.begin;
    case 'cast':
    case 'merge':
    case 'factor':
    case 'number':
      return storedBytesOf(planesOf(part));
    default:
      return part satisfies never;
  }
}

function measuredBytes(part: Part, expert: number): number {
  if (part.kind !== 'merge') return 0;
  const plane = part.planes[part.ordinals.indexOf(expert)];
  return storedBytesOf(part.base ? [plane, part.base] : [plane]);
}

function elementsOf(part: Part): number {
  return part.kind === 'copy' ? 0 : part.elementCount;
}

/** @param outputBytes of one element, as are `guideBytes`; guides are made block by block */
function workingBytes(part: Part, outputBytes: number, guideBytes: number): number {
  if (part.kind === 'copy') return 0;
  const planeBytes = planesOf(part).reduce((sum, { dtype }) => sum + bitsOf[dtype] / 8, 0);
  const planes = planeBytes * part.elementCount;
  const block = Math.min(part.elementCount, LARGEST_BLOCK / (planeBytes + guideBytes));
  return planes + block * (planeBytes + guideBytes + OUTPUTS * outputBytes);
}
