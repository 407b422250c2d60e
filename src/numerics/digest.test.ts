import { expect, test } from 'vitest';
import { digestOf } from './digest.ts';

test('equal texts have equal digests of 32 hex digits', () => {
  expect(digestOf('merge')).toMatch(/^[0-9a-f]{32}$/);
  expect(digestOf('merge')).toBe(digestOf(['mer', 'ge'].join('')));
});

test('texts that differ in one unit, in their order or in zeros at their end are told apart', () => {
  const long = 'ab'.repeat(5000);
  const texts = [
    ...['', '\0', '\0\0', 'a', 'a\0', 'ab', 'ba', '\u0101', '\u0001', 'abcdefgh', 'abcdefgh\0'],
    ...[long, `${long}a`, long.replace('b', 'c'), `${long.slice(0, 9000)}c${long.slice(9001)}`],
    ...['bcdefghiabcdefgh', 'abcdefghbcdefghi'],
  ];
  expect(new Set(texts.map(digestOf)).size).toBe(texts.length);
});

test('no two of 20,000 short texts share even half of their digest', () => {
  const texts = Array.from({ length: 20_000 }, (_, i) => `item ${i}`);
  for (const half of [0, 16]) {
    expect(new Set(texts.map((text) => digestOf(text).slice(half, half + 16))).size).toBe(20_000);
  }
});
