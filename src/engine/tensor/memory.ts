import { CHUNK } from '../../compute/cpu/task.ts';

/** Jobs on a GPU between their first read and their last write. Two overlap disk, arithmetic and disk. */
export const jobsInFlight = 2;

/**
 * Largest block on a GPU, in bytes of all its planes: under the 128 MiB that a WebGPU device must let a
 * shader bind.
 */
const largestBlock = 64 * 2 ** 20;

/** Elements; block starts stay 16-byte aligned for 16-bit and 8-bit planes. */
const blockStep = 16;

export type BlockShape = {
  /** Elements of every block but the last. */
  readonly blockElements: number;
  /** Whether all planes of the tensor stay in memory between measuring and mapping. */
  readonly keep: boolean;
};

/**
 * Splits one tensor so that all its job holds stays within its share of the budget, on a GPU.
 *
 * Per element of a block a job holds: the planes as fetched, one block ahead of them, the copy the
 * backend works on (GPU buffer or worker), and four outputs (on the backend, read back, waiting,
 * being written). What does not fit twice is read again from the source for every pass.
 *
 * @param planeBytes bytes of one element over all planes
 * @param outputBytes bytes of one element of the output
 * @param budget bytes the whole run may hold
 */
export function blockShape(
  elementCount: number,
  planeBytes: number,
  outputBytes: number,
  budget: number,
): BlockShape {
  const share = budget / jobsInFlight;
  const cap = Math.floor(largestBlock / planeBytes);
  const whole = elementCount * planeBytes;
  const kept = Math.min(
    cap,
    elementCount,
    Math.floor((share - whole) / (planeBytes + 4 * outputBytes)),
  );
  // Keeping pays only with blocks large enough not to cost more in calls than they save in reads.
  const keep = elementCount > 0 && kept >= Math.min(elementCount, cap / 4);
  const elements = keep ? kept : Math.floor(share / (3 * planeBytes + 4 * outputBytes));
  const bounded = Math.min(elements, cap);
  const stepped = Math.max(blockStep, bounded - (bounded % blockStep));
  return { blockElements: keep && kept >= elementCount ? elementCount : stepped, keep };
}

/**
 * Elements of a block that is read into the memory of a kernel worker: the whole tensor if it fits. Else
 * per element two rooms of planes, one filled while the other is worked on. Besides, what a read brings
 * before it is in its place (a quarter of the planes at most) and two outputs, one of them on its way.
 *
 * @param share bytes the worker may hold
 */
export function roomElements(
  elementCount: number,
  planeBytes: number,
  outputBytes: number,
  share: number,
): number {
  if (elementCount * (1.25 * planeBytes + 2 * outputBytes) <= share) return elementCount;
  const most = Math.floor(share / (2.25 * planeBytes + 2 * outputBytes));
  const step = most >= CHUNK ? CHUNK : blockStep;
  return Math.max(blockStep, most - (most % step));
}

/** Bytes of one piece of a tensor that is copied as it is. */
export function copyPiece(budget: number): number {
  const share = budget / jobsInFlight;
  return Math.max(4096, Math.min(8 * 2 ** 20, Math.floor(share / 4)));
}
