import { expect, test } from 'vitest';
import { headerModel } from '../../testing/model.ts';
import type { Change } from './architectures/architecture.ts';
import { changed, rowsPerBlock, transposeInto } from './change.ts';
import type { GgufJob } from './plan.ts';

function job(shape: readonly number[], change: Change): GgufJob {
  const source = headerModel('m', { t: ['F32', shape] }).tensors.get('t')!;
  return { name: 't', shape, type: 'F32', source, change };
}

test('rows of each head are taken from its two halves in turns', () => {
  const two: Change = { kind: 'interleave', heads: 2 };
  const rows = Float32Array.from({ length: 8 }, (_, row) => row);
  expect([...changed(rows, job([8, 1], two))]).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
  // A bias has a value for each row, and a block that is one head is changed like all of them.
  expect([...changed(rows.subarray(4), job([8], two))]).toEqual([4, 6, 5, 7]);
  const wide = Float32Array.from({ length: 16 }, (_, k) => k);
  expect([...changed(wide, job([8, 2], two))].slice(0, 6)).toEqual([0, 1, 4, 5, 2, 3]);
});

test('a block has whole heads, and at least one row', () => {
  expect(rowsPerBlock(job([64, 10], { kind: 'interleave', heads: 4 }), 400)).toBe(32);
  expect(rowsPerBlock(job([64, 10], { kind: 'interleave', heads: 4 }), 4)).toBe(16);
  expect(rowsPerBlock(job([64, 10], { kind: 'none' }), 400)).toBe(40);
  expect(rowsPerBlock(job([64, 10], { kind: 'none' }), 4)).toBe(1);
});

test('a matrix is turned piece by piece', () => {
  // [[0, 1, 2], [3, 4, 5]]: columns 1 and 2 are the last rows of the result.
  const out = new Float32Array(4);
  transposeInto(out, 2, 1, Float32Array.of(0, 1, 2), 3, 0);
  transposeInto(out, 2, 1, Float32Array.of(3, 4, 5), 3, 1);
  expect([...out]).toEqual([1, 4, 2, 5]);
});
