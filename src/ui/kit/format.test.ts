import { expect, test } from 'vitest';
import { bytes, counted, duration, memory, moment, parameters, plain, signed } from './format.ts';

test('bytes are decimal, with three digits', () => {
  expect([0, 999, 1000, 1_940_000, 12_345_678, 5e9].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1.00 KB',
    '1.94 MB',
    '12.3 MB',
    '5.00 GB',
  ]);
});

test('rates below a kilobyte have no fractions', () => {
  expect([896.8018463545394, 0.4, 999.7].map(bytes)).toEqual(['897 B', '0 B', '1.00 KB']);
});

test('what rounds up to a thousand is one of the next unit, and never has four digits', () => {
  expect([999_499, 999_500, 9_996, 99_960, 3e15].map(bytes)).toEqual([
    '999 KB',
    '1.00 MB',
    '10.0 KB',
    '100 KB',
    '3000 TB',
  ]);
  expect([999_700, 999_600_000].map(parameters)).toEqual(['1.00 M', '1.00 B']);
});

test('memory comes in powers of two', () => {
  expect([2 ** 28, 2 ** 30, 2 ** 33].map(memory)).toEqual(['256 MiB', '1 GiB', '8 GiB']);
});

test('parameters are counted in thousands, millions and billions', () => {
  expect([45, 818_432, 1_240_000_000].map(parameters)).toEqual(['45', '818 K', '1.24 B']);
});

test('durations say seconds, minutes or hours', () => {
  expect([0.42, 38.4, 250, 7500].map(duration)).toEqual([
    '0.4 s',
    '38 s',
    '4 min 10 s',
    '2 h 5 min',
  ]);
});

test('seconds that round up to a minute are one', () => {
  expect([9.96, 59.6, 119.7, 3599.8].map(duration)).toEqual([
    '10 s',
    '1 min 0 s',
    '2 min 0 s',
    '1 h 0 min',
  ]);
});

test('values lose float noise and signs are true minus signs', () => {
  expect(plain(0.1 + 0.2)).toBe('0.3');
  expect([0.5, -0.5, -0.001].map((value) => signed(value))).toEqual(['+0.50', '−0.50', '0.00']);
});

test('nouns agree with their number', () => {
  expect([counted(1, 'tensor'), counted(1200, 'tensor')]).toEqual(['1 tensor', '1,200 tensors']);
});

test('a moment is told in this time zone', () => {
  const early = new Date(2026, 10, 7, 4, 9).toISOString();
  const late = new Date(2027, 0, 31, 23, 59).toISOString();
  expect([early, late].map(moment)).toEqual(['7 Nov 2026, 04:09', '31 Jan 2027, 23:59']);
});
