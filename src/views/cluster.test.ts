import { expect, test } from 'vitest';
import { clustered } from './cluster.ts';

/** The cosines of some plane vectors at these angles, in degrees. */
const fan = (...angles: readonly number[]) =>
  angles.flatMap((a) => angles.map((b) => Math.cos(((a - b) * Math.PI) / 180)));

test('models that point one way stand together', () => {
  expect(clustered(4, fan(0, 90, 5, 95))).toEqual([0, 2, 1, 3]);
});

test('of two clusters that join the ends that are alike meet', () => {
  // 0 and 10 join, 60 and 50 join; 10 and 50 are the nearest ends.
  expect(clustered(4, fan(0, 60, 10, 50))).toEqual([0, 2, 3, 1]);
});

test('what has no direction stays in its order, and one or none is in order', () => {
  expect(
    clustered(
      3,
      Array.from({ length: 9 }, () => null),
    ),
  ).toEqual([0, 1, 2]);
  expect(clustered(1, [1])).toEqual([0]);
  expect(clustered(0, [])).toEqual([]);
});
