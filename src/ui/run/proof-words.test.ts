import { expect, test } from 'vitest';
import { alarmOf, leftOf, wouldDo } from './proof-words.ts';

const of = (change: number, elements = 1) => ({ change, elements });

test('what is left of a change is told as a share, and what rounding added as more', () => {
  expect(leftOf(of(0.7))).toBe('70 % of the change is left');
  expect(leftOf(of(1.0001))).toBe('100.0 % of the change is left');
  expect(leftOf(of(4 / 3))).toBe('the change is 33 % larger');
  expect(wouldDo(of(0.96))).toBe('keep 96 % of it');
  expect(wouldDo(of(1.002))).toBe('make it 0.2 % larger');
});

test('a change that rounding made too small or too large is told first', () => {
  expect(alarmOf(of(0.89))).toContain('took much');
  expect(alarmOf(of(1.11))).toContain('enlarged');
  expect(alarmOf(of(1.05))).toBe(null);
  expect(alarmOf(of(0.95, 0.4))).toContain('left most of the changed elements');
});
