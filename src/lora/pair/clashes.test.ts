import { expect, test } from 'vitest';
import { rising, stored } from '../../testing/pairing.ts';
import { overlaps } from './clashes.ts';

/** An update of the rows from `from` to before `to` of one tensor. */
function share(module: string, from: number, to: number) {
  const update = rising(module, [to - from, 2]);
  return { update, tensor: stored('w', [9, 2]), from, to, start: 0, byEnds: false };
}
const refused = (...shares: ReturnType<typeof share>[]) =>
  [...overlaps(shares).keys()].map(({ module }) => module).sort();

test('updates side by side are all taken', () => {
  expect(refused(share('a', 0, 3), share('b', 3, 6), share('c', 6, 9))).toEqual([]);
});

test('one that reaches over others refuses all of them, and no one beyond', () => {
  const long = share('long', 0, 6);
  expect(refused(share('d', 6, 9), share('c', 4, 5), share('b', 1, 2), long)).toEqual([
    'b',
    'c',
    'long',
  ]);
});
