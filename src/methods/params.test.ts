import { expect, test } from 'vitest';
import { dareDensity } from './dare.ts';
import { density } from './params.ts';

test('a density reads as what is trimmed, without float noise and never below nothing', () => {
  expect([0.2, 0.9, 0.123, 1, 1.5].map(density.reading)).toEqual([
    'trims 80 %',
    'trims 10 %',
    'trims 87.7 %',
    'trims 0 %',
    'trims 0 %',
  ]);
});

test('a density of DARE reads as its paper’s drop rate', () => {
  expect([0.1, 0.7, 1.5].map(dareDensity.reading)).toEqual([
    'drop rate p = 0.9',
    'drop rate p = 0.3',
    'drop rate p = 0',
  ]);
});
