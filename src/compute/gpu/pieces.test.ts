import { expect, test } from 'vitest';
import type { FloatDtype } from '../../numerics/dtype.ts';
import { piecesOf, upload } from './pieces.ts';

const block = (start: number, count: number, ...sizes: number[]) => ({
  start,
  count,
  planes: sizes.map((size) => Uint8Array.from({ length: count * size }, (_, i) => (i % 200) + 1)),
});

test('a block that fits is one piece of whole octs', () => {
  const [piece, ...others] = piecesOf(block(16, 13, 2, 2), ['BF16', 'BF16'], 1 << 20);
  expect(others).toEqual([]);
  expect(piece).toMatchObject({
    from: 0,
    count: 13,
    start: 16,
    head: 0,
    octs: 2,
    first: 2,
    stride: 4,
  });
  expect(piece.byteLength).toBe((2 + 2 * 4) * 8);
});

test('a block that begins between octs gets a head, so that its first oct is one of the tensor', () => {
  const [piece] = piecesOf(block(13, 5, 4), ['F32'], 1 << 20);
  expect(piece).toMatchObject({ start: 8, head: 5, octs: 2 });
});

test('a large block is cut at octs; the pieces cover it once', () => {
  const pieces = piecesOf(block(13, 1000, 2, 4), ['BF16', 'F32'], 1024);
  expect(pieces.length).toBeGreaterThan(5);
  let at = 0;
  for (const piece of pieces) {
    expect(piece.from).toBe(at);
    expect(piece.start % 8).toBe(0);
    expect(piece.start + piece.head).toBe(13 + at);
    expect(piece.head).toBe(at === 0 ? 5 : 0);
    expect(piece.byteLength).toBeLessThanOrEqual(1024);
    at += piece.count;
  }
  expect(at).toBe(1000);
});

test('planes begin at multiples of 16 bytes and do not overlap, whatever their dtypes', () => {
  const dtypes: FloatDtype[] = ['F8_E4M3', 'F64', 'BF16'];
  const [piece] = piecesOf(block(0, 24, 1, 8, 2), dtypes, 1 << 20);
  expect([(piece.first * 8) % 16, (piece.stride * 8) % 16]).toEqual([0, 0]);
  expect(piece.stride * 8).toBeGreaterThanOrEqual(24 * 8);
});

test('an empty block has no piece; planes that cannot fit are refused', () => {
  expect(piecesOf(block(0, 0, 2), ['BF16'], 1024)).toEqual([]);
  expect(() => piecesOf(block(0, 8, 8), ['F64'], 32)).toThrow('1 planes do not fit into 32 bytes');
});

/** What a queue's writes leave in a buffer that held 0xff everywhere. */
function uploaded(start: number, count: number, dtypes: readonly FloatDtype[], sizes: number[]) {
  const from = block(start, count, ...sizes);
  const [piece] = piecesOf(from, dtypes, 1 << 20);
  const bytes = new Uint8Array(piece.byteLength).fill(0xff);
  const queue = {
    writeBuffer(_: GPUBuffer, at: number, data: Uint8Array, begin = 0, size = data.length - begin) {
      expect([at % 4, size % 4]).toEqual([0, 0]);
      bytes.set(data.subarray(begin, begin + size), at);
    },
  };
  upload(queue as unknown as GPUQueue, {} as GPUBuffer, piece, dtypes);
  const plane = (k: number, size: number) => {
    const at = (piece.first + k * piece.stride) * 8;
    return Array.from(bytes.subarray(at, at + piece.octs * 8 * size));
  };
  return { plane, from };
}

test.each([1, 2, 3, 4, 5, 7, 8, 9, 16, 17])(
  '%i elements are followed by zeros up to the oct',
  (count) => {
    const { plane, from } = uploaded(0, count, ['F8_E5M2', 'BF16'], [1, 2]);
    const padded = (values: Uint8Array, length: number) => [
      ...values,
      ...new Array(length - values.length).fill(0),
    ];
    const octs = Math.ceil(count / 8) * 8;
    expect(plane(0, 1)).toEqual(padded(from.planes[0], octs));
    expect(plane(1, 2)).toEqual(padded(from.planes[1], 2 * octs));
  },
);

test('a head is zeros too', () => {
  const { plane } = uploaded(11, 6, ['F8_E4M3'], [1]);
  expect(plane(0, 1)).toEqual([0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0]);
});
