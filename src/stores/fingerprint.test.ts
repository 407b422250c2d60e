import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fingerprintOf } from './fingerprint.ts';

const SIZE = 1_000_003;
const bytesOf = (size: number, value = 7) => new Uint8Array(size).fill(value);

test('is the first half of the SHA-256 over the sizes and all bytes of a small model', async () => {
  const files = [new Blob(['abc']), new Blob(['de'])];
  const expected = createHash('sha256').update('3,2\nabcde').digest('hex').slice(0, 32);
  expect(await fingerprintOf(files)).toBe(expected);
});

test('tells models of one size apart by what lies at either end and in between', async () => {
  const changedAt = (place: number) => {
    const bytes = bytesOf(SIZE);
    bytes[place] = 8;
    return fingerprintOf([new Blob([bytes])]);
  };
  const places = [0, SIZE - 1, Math.floor((31 / 63) * (SIZE - 4096)) + 9];
  const all = await Promise.all([
    fingerprintOf([new Blob([bytesOf(SIZE)])]),
    ...places.map(changedAt),
  ]);
  expect(new Set(all).size).toBe(4);
});

test('tells where a model is cut into files', async () => {
  const whole = await fingerprintOf([new Blob([bytesOf(SIZE)])]);
  const cut = await fingerprintOf([new Blob([bytesOf(SIZE - 5)]), new Blob([bytesOf(5)])]);
  expect(cut).not.toBe(whole);
});

test('an empty model has one too', async () => {
  const expected = createHash('sha256').update('0\n').digest('hex').slice(0, 32);
  expect(await fingerprintOf([new Blob([])])).toBe(expected);
});
