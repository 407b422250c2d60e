import { expect, it } from 'vitest';
import { blocksOf } from '../../testing/merge-tensor.ts';
import { alignedRuns } from './runs.ts';
import { CHUNK } from './task.ts';

const never = new AbortController().signal;

/** Two planes, BF16 and F8, whose bytes count up. */
function blocks(count: number, blockSize: number) {
  const planes = [2, 1].map((size) => Uint8Array.from({ length: count * size }, (_, i) => i % 251));
  return { planes, blocks: blocksOf(planes, ['BF16', 'F8_E4M3'], false, count, blockSize) };
}

it.each([
  [1, 1],
  [CHUNK, CHUNK],
  [CHUNK + 1, CHUNK],
  [3 * CHUNK + 5, 5000],
  [3 * CHUNK + 5, CHUNK + 1],
  [5 * CHUNK, 5 * CHUNK],
])('cuts %i elements in blocks of %i at multiples of a chunk', async (count, blockSize) => {
  const { planes, blocks: source } = blocks(count, blockSize);
  const seen: Uint8Array[][] = [[], []];
  let next = 0;
  for await (const run of alignedRuns(source, 2 * CHUNK, never)) {
    expect(run.start).toBe(next);
    expect(run.start % CHUNK).toBe(0);
    expect(run.count).toBeLessThanOrEqual(2 * CHUNK);
    next += run.count;
    run.planes.forEach((plane, p) => {
      seen[p].push(plane.slice());
    });
  }
  expect(next).toBe(count);
  expect(planes.map((plane, p) => Buffer.concat(seen[p]).equals(plane))).toEqual([true, true]);
});

it('yields nothing for an empty tensor', async () => {
  const { blocks: source } = blocks(0, 1);
  for await (const run of alignedRuns(source, CHUNK, never)) expect.unreachable(`${run.count}`);
});

it('stops when aborted', async () => {
  const { blocks: source } = blocks(10, 2);
  const abort = new AbortController();
  abort.abort();
  await expect(alignedRuns(source, CHUNK, abort.signal).next()).rejects.toThrow('aborted');
});
