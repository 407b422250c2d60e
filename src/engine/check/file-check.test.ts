import { expect, test } from 'vitest';
import { bf16, f32 } from '../../testing/model-file.ts';
import { FileCheck, type FileLayout } from './file-check.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

/** A header of three bytes, then tensors; one of them of bytes, which the layout leaves out. */
const parts = [
  Uint8Array.of(1, 2, 3),
  f32([4], [nan, 1, -infinity, 2]).bytes,
  Uint8Array.of(9),
  bf16([3], [infinity, nan, nan]).bytes,
  f32([2], [3, 4]).bytes,
  new Uint8Array(Float64Array.of(1e300, nan).buffer),
];
const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
const layout: FileLayout = {
  tensors: [
    { dtype: 'F32', begin: 3, end: 19 },
    { dtype: 'BF16', begin: 20, end: 26 },
    { dtype: 'F32', begin: 26, end: 34 },
    { dtype: 'F64', begin: 34, end: 50 },
  ],
};

test.each([1, 2, 3, 5, 7, 11, 50])(
  '%i bytes at a time, every element is seen once',
  async (step) => {
    const check = await FileCheck.open(layout);
    for (let at = 0; at < bytes.length; at += step) check.update(bytes.slice(at, at + step));
    expect(check.finish().nonFinite).toEqual([
      [0, { nan: 1, infinite: 1 }],
      [1, { nan: 2, infinite: 1 }],
      [3, { nan: 1, infinite: 0 }],
    ]);
  },
);
