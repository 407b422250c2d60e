import { expect, test } from 'vitest';
import { precisionOf, readingRounds } from './precision.ts';

test('f32 arithmetic rounds nothing but the inputs, when asked to', () => {
  expect(precisionOf('f32', ['BF16', 'BF16'], 'stored')).toEqual({
    readAs: 'F32',
    work: 'F32',
    resultAs: 'F32',
  });
  expect(precisionOf('f32', ['F32', 'F32'], 'BF16').readAs).toBe('BF16');
});

test.each([
  [['BF16', 'BF16'], 'stored', 'BF16'],
  [['F16', 'F16'], 'stored', 'F16'],
  [['F16', 'BF16'], 'stored', 'F32'],
  [['BF16', 'F32'], 'stored', 'F32'],
  [['F8_E4M3', 'F8_E4M3'], 'stored', 'F32'],
  [['BF16', 'BF16'], 'F32', 'F32'],
  [['F32', 'BF16', 'F16'], 'F16', 'F16'],
] as const)('tensors stored as %j, inputs %s: their dtype is %s', (stored, inputs, tensor) => {
  expect(precisionOf('tensor', stored, inputs)).toMatchObject({ work: tensor, resultAs: 'F32' });
  expect(precisionOf('result', stored, inputs)).toMatchObject({ work: 'F32', resultAs: tensor });
});

test.each([
  ['F32', 'stored', false],
  ['F32', 'BF16', true],
  ['BF16', 'F16', true],
  ['F16', 'BF16', true],
  ['BF16', 'BF16', false],
  ['BF16', 'F32', false],
  ['F64', 'F32', true],
  ['F8_E5M2', 'BF16', false],
  ['I64', 'BF16', false],
] as const)('reading %s as %s may change values: %s', (stored, inputs, rounds) => {
  expect(readingRounds(stored, inputs)).toBe(rounds);
});
