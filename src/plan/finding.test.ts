import { expect, test } from 'vitest';
import { percent } from './finding.ts';

test('a share is all or nothing only when it is', () => {
  const shares = [0, 1, 345, 999_999, 1_000_000].map((part) => percent(part, 1_000_000));
  expect(shares).toEqual(['0 %', '0.1 %', '0.1 %', '99.9 %', '100 %']);
  expect(percent(485, 1000)).toBe('48.5 %');
});
