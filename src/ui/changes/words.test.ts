import { expect, test } from 'vitest';
import { inWords, named } from './words.ts';

test('a cosine is put in words that say what a sum does', () => {
  const said = (cosine: number | null) => inWords(cosine, 'a', 'b');
  expect(said(0.7)).toContain('a and b (+0.70) are redundant');
  expect(said(0.3)).toContain('share a part of their direction');
  expect(said(0.02)).toContain('(+0.02) are nearly independent');
  expect(said(-0.2)).toContain('opposed in part');
  expect(said(-0.8)).toContain('(−0.80) are opposed:');
  expect(said(null)).toContain('changes nothing');
});

test('a few names are all told, of many the first three', () => {
  expect(named(['a'])).toBe('a');
  expect(named(['a', 'b', 'c', 'd'])).toBe('a, b, c and d');
  expect(named(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
});
