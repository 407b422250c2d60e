import { expect, test } from 'vitest';
import {
  alongFirst,
  alongLast,
  alongSecond,
  eachStretch,
  guideInto,
  lineCount,
  mergedShape,
  rankInto,
} from './lines.ts';

test('rows, columns and the vectors of stacks are told from the shape', () => {
  expect(alongLast([3, 5])).toEqual({ length: 5, step: 1 });
  expect(alongFirst([3, 5])).toEqual({ length: 3, step: 5 });
  expect(alongFirst([2, 3, 5])).toEqual({ length: 2, step: 15 });
  expect(alongSecond([2, 3, 5])).toEqual({ length: 3, step: 5 });
  expect(alongSecond([3, 5])).toEqual(alongLast([3, 5]));
  for (const along of [alongLast, alongFirst, alongSecond]) {
    expect(along([7])).toEqual({ length: 7, step: 1 });
    expect(along([])).toEqual({ length: 1, step: 1 });
  }
  expect(lineCount(alongSecond([2, 3, 5]), 30)).toBe(10);
});

test('where only the first rows are merged the shape is theirs', () => {
  expect(mergedShape([9, 5], 20)).toEqual([4, 5]);
  expect(mergedShape([9], 4)).toEqual([4]);
  expect(mergedShape([], 1)).toEqual([]);
});

test('stretches cover every element once, with its vector, wherever they begin', () => {
  for (const lines of [
    { length: 5, step: 1 },
    { length: 3, step: 5 },
  ]) {
    for (const [start, count] of [
      [0, 30],
      [7, 16],
    ]) {
      const found: number[] = [];
      eachStretch(lines, start, count, (line, from, to) => {
        for (let i = from; i < to; i++) found[i] = line + (lines.step === 1 ? 0 : i - from);
      });
      const wanted = Array.from({ length: count }, (_, i) => {
        const at = start + i;
        const { length, step } = lines;
        return Math.floor(at / (length * step)) * step + (at % step);
      });
      expect(found).toEqual(wanted);
    }
  }
});

test('guides by vector say the same number all along it', () => {
  const out = [new Float32Array(7)];
  guideInto({ lines: alongLast([3, 4]), by: 'line', values: [[10, 20, 30]] }, 2, out);
  expect([...out[0]]).toEqual([10, 10, 20, 20, 20, 20, 30]);
  guideInto({ lines: alongFirst([3, 4]), by: 'line', values: [[1, 2, 3, 4]] }, 2, out);
  expect([...out[0]]).toEqual([3, 4, 1, 2, 3, 4, 1]);
});

test('short vectors and long ones are ranked by magnitude, the lowest index last among equals', () => {
  for (const [length, step, units] of [
    [7, 1, 4],
    [256, 1, 2],
    [257, 1, 3],
    [1000, 3, 2],
    [5, 4, 3],
  ]) {
    // Few values, of both signs and of very different exponents.
    const tau = Float32Array.from(
      { length: length * step * units },
      (_, i) => Math.round(4 * Math.sin(i * i)) * 10 ** (Math.round(6 * Math.cos(3 * i)) - 3),
    );
    const ranks = new Float32Array(tau.length);
    rankInto({ length, step }, tau, (rank) => rank, ranks);
    for (let i = 0; i < tau.length; i++) {
      const first = Math.floor(i / (length * step)) * length * step + (i % step);
      let smaller = 0;
      for (let j = 0, at = first; j < length; j++, at += step) {
        const [own, other] = [Math.abs(tau[i]), Math.abs(tau[at])];
        if (other < own || (other === own && at > i)) smaller += 1;
      }
      if (ranks[i] !== smaller) expect(`${length} ${i}: ${ranks[i]}`).toBe(`${smaller}`);
    }
  }
});
