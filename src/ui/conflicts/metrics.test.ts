import { expect, test } from 'vitest';
import { chanceWords, percent } from './metrics.ts';

test('a share never parts from its sign at the end of a line', () => {
  expect(percent(0.314)).toBe('31\u00a0%');
  expect(percent(0.0042)).toBe('0.4\u00a0%');
  expect(percent(0)).toBe('0\u00a0%');
  expect(percent(null)).toBe('–');
});

test('chance is told for all models, and for the two that a trim may leave of them', () => {
  expect(chanceWords(2)).toBe('50\u00a0%');
  expect(chanceWords(3)).toBe('50\u00a0% of what two change, 75\u00a0% of what all 3 do');
});
