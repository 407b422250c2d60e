import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countingSource, memorySource } from '../../testing/memory-source.ts';
import { elementCount } from '../model.ts';
import type { TorchTensor } from './place-tensor.ts';
import { readElements } from './read-elements.ts';

const widths = { U8: 1, F16: 2, F32: 4, C64: 8 } as const;

/** A file of bytes that differ, and a tensor over it with strides of any kind. */
const strided = fc
  .record({
    dtype: fc.constantFrom(...(Object.keys(widths) as (keyof typeof widths)[])),
    axes: fc.array(
      fc.record({ size: fc.integer({ min: 1, max: 5 }), stride: fc.nat({ max: 9 }) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    lead: fc.nat({ max: 9 }),
  })
  .filter(({ axes }) => axes.some(({ size }) => size > 1))
  .map(({ dtype, axes, lead }) => {
    const width = widths[dtype];
    const last = axes.reduce((sum, { size, stride }) => sum + (size - 1) * stride, 0);
    const begin = 8 + lead;
    const bytes = Uint8Array.from(
      { length: begin + (last + 1) * width },
      (_, i) => (i * 97 + (i >> 8)) & 255,
    );
    const tensor: TorchTensor = {
      name: 'w',
      dtype,
      shape: axes.map(({ size }) => size),
      begin,
      end: bytes.length,
      strides: axes.map(({ stride }) => stride),
    };
    return { bytes, tensor, width };
  });

/** Element after element, straight from the definition. */
function slowly(
  bytes: Uint8Array,
  { shape, strides, begin }: TorchTensor,
  width: number,
): number[] {
  const out: number[] = [];
  for (let i = 0; i < elementCount(shape); i++) {
    let rest = i;
    let at = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % shape[axis]) * strides![axis];
      rest = Math.floor(rest / shape[axis]);
    }
    out.push(...bytes.subarray(begin + at * width, begin + (at + 1) * width));
  }
  return out;
}

test('any part of any strided tensor comes in C order, whatever the window', async () => {
  await fc.assert(
    fc.asyncProperty(
      strided,
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 40 }),
      async (made, a, b, window) => {
        const { bytes, tensor, width } = made;
        const count = elementCount(tensor.shape);
        const [first, end] = [a % (count + 1), b % (count + 1)].sort((x, y) => x - y);
        const part = await readElements(
          memorySource('w.bin', bytes),
          tensor,
          first,
          end,
          undefined,
          window,
        );
        expect([...part]).toEqual(slowly(bytes, tensor, width).slice(first * width, end * width));
      },
    ),
    { numRuns: 500 },
  );
});

const matrix = (rows: number, columns: number): TorchTensor => {
  return {
    name: 'w',
    dtype: 'F32',
    shape: [rows, columns],
    begin: 0,
    end: rows * columns * 4,
    strides: [1, rows],
  };
};

test('takes bytes at any place of a buffer, as caches give them', async () => {
  const bytes = new Uint8Array(Uint16Array.of(1, 2, 3, 4, 5, 6).buffer);
  const source = {
    ...memorySource('w.bin', bytes),
    read: async (begin: number, end: number) => {
      return Uint8Array.from([0, ...bytes.subarray(begin, end)]).subarray(1);
    },
  };
  const tensor: TorchTensor = { ...matrix(3, 2), dtype: 'F16', shape: [3, 2], strides: [1, 3] };
  const part = await readElements(source, tensor, 0, 6);
  expect([...new Uint16Array(part.buffer)]).toEqual([1, 4, 2, 5, 3, 6]);
});

test('reads no more at once than a window, each byte once for what it returns', async () => {
  const bytes = new Uint8Array(new Float32Array(300 * 200).map((_, i) => i).buffer);
  const source = countingSource(memorySource('w.bin', bytes));
  const part = await readElements(source, matrix(300, 200), 0, 60_000, undefined, 4096);
  expect(new Float32Array(part.buffer).slice(0, 3)).toEqual(Float32Array.of(0, 300, 600));
  expect(Math.max(...source.reads.map(({ begin, end }) => end - begin))).toBe(4096);
  expect(source.bytesRead()).toBe(bytes.length);
});

test('leaves out windows that hold nothing of the tensor', async () => {
  const tensor: TorchTensor = {
    name: 'w',
    dtype: 'U8',
    shape: [2, 2],
    begin: 0,
    end: 10_002,
    strides: [10_000, 1],
  };
  const source = countingSource(memorySource('w.bin', new Uint8Array(10_002).fill(3)));
  expect([...(await readElements(source, tensor, 0, 4, undefined, 100))]).toEqual([3, 3, 3, 3]);
  expect(source.bytesRead()).toBeLessThan(300);
});

test('a tensor in C order is read as it lies', async () => {
  const source = countingSource(
    memorySource(
      'w.bin',
      Uint8Array.from({ length: 20 }, (_, i) => i),
    ),
  );
  const tensor: TorchTensor = {
    name: 'w',
    dtype: 'F16',
    shape: [2, 4],
    begin: 4,
    end: 20,
    strides: null,
  };
  expect([...(await readElements(source, tensor, 3, 5))]).toEqual([10, 11, 12, 13]);
  expect(source.reads).toEqual([{ begin: 10, end: 14 }]);
});

test.each([
  [-1, 2],
  [3, 2],
  [0, 61],
])('elements %i to %i, which are not there', async (first, end) => {
  const work = readElements(memorySource('w.bin', new Uint8Array(240)), matrix(6, 10), first, end);
  await expect(work).rejects.toThrow(RangeError);
});
