import { expect, test } from 'vitest';
import { CHUNK } from '../../compute/cpu/task.ts';
import { blockShape, copyPiece, roomElements } from './memory.ts';

const GiB = 2 ** 30;

/** All that one job holds by the account in `blockShape`. */
function held(elements: number, planeBytes: number, outputBytes: number, budget: number): number {
  const { blockElements, keep } = blockShape(elements, planeBytes, outputBytes, budget);
  const fetched = keep ? elements * planeBytes : 2 * blockElements * planeBytes;
  return fetched + blockElements * (planeBytes + 4 * outputBytes);
}

test('a tensor that fits is one block and is kept', () => {
  expect(blockShape(1_000_003, 8, 2, GiB)).toEqual({ blockElements: 1_000_003, keep: true });
});

test('a tensor that fits the budget but not one block is kept in several blocks', () => {
  const shape = blockShape(30_000_000, 8, 2, GiB);
  expect(shape).toEqual({ blockElements: 2 ** 23, keep: true });
});

test('a tensor larger than the budget goes through in blocks that are read again', () => {
  const shape = blockShape(2 ** 30, 8, 2, GiB);
  expect(shape.keep).toBe(false);
  expect(shape.blockElements % 16).toBe(0);
});

test.each([
  [2 ** 31, 8, 2, GiB],
  [60_000_000, 8, 2, GiB],
  [10_000_000, 16, 4, 2 ** 27],
  [1_000_000, 2, 2, 2 ** 20],
])('two jobs of %i elements stay within the budget', (elements, planes, output, budget) => {
  expect(2 * held(elements, planes, output, budget)).toBeLessThanOrEqual(budget);
});

test('a budget that is absurdly small still moves sixteen elements at a time', () => {
  expect(blockShape(100, 8, 2, 10)).toEqual({ blockElements: 16, keep: false });
});

test('a kernel worker takes a tensor whole where it fits with what is read and written', () => {
  // Eight bytes of planes and two of output an element: ten, two and four.
  const share = 14 * 1_000_003;
  expect(roomElements(1_000_003, 8, 2, share)).toBe(1_000_003);
  const most = roomElements(1_000_003, 8, 2, share - 1);
  expect(most * (2.25 * 8 + 2 * 2)).toBeLessThanOrEqual(share - 1);
  expect((most + CHUNK) * (2.25 * 8 + 2 * 2)).toBeGreaterThan(share - 1);
  expect(most % CHUNK).toBe(0);
  expect(roomElements(1_000_003, 8, 2, 1000)).toBe(32);
  expect(roomElements(100, 8, 2, 10)).toBe(16);
});

test('copies go in pieces of at most 8 MiB', () => {
  expect(copyPiece(GiB)).toBe(8 * 2 ** 20);
  expect(copyPiece(2 ** 20)).toBe(2 ** 17);
});
