import { expect, test } from 'vitest';
import { fitted, holding, isWhole, moved, wholeSight, zoomed } from './sight.ts';

const size = { rows: 400, columns: 128 };
const whole = wholeSight(size);

test('what is pointed at stays where it is while one comes nearer', () => {
  const near = zoomed(whole, 2, { row: 100, column: 64 }, size);
  expect(near).toEqual({ row: 50, column: 32, rows: 200, columns: 64 });
  const nearer = zoomed(near, 2, { row: 100, column: 64 }, size);
  expect((100 - nearer.row) / nearer.rows).toBeCloseTo((100 - near.row) / near.rows, 12);
});

test('nearer than eight elements and farther than the whole one does not come', () => {
  const nearest = zoomed(whole, 1e9, { row: 0, column: 128 }, size);
  expect(nearest).toEqual({ row: 0, column: 120, rows: 8, columns: 8 });
  expect(zoomed(nearest, 1e-9, { row: 3, column: 125 }, size)).toEqual(whole);
  expect(isWhole(whole, size)).toBe(true);
  expect(isWhole(nearest, size)).toBe(false);
  // A vector of four elements is seen whole, however near.
  const four = { rows: 1, columns: 4 };
  expect(zoomed(wholeSight(four), 8, { row: 0, column: 2 }, four)).toEqual(wholeSight(four));
});

test('what is asked for beyond the tensor is what is nearest to it', () => {
  const beyond = { row: 5000, column: -3, rows: 60, columns: 1000 };
  expect(fitted(beyond, size)).toEqual({ row: 340, column: 0, rows: 60, columns: 128 });
  const near = { row: 50, column: 32, rows: 200, columns: 64 };
  expect(fitted(near, size)).toEqual(near);
});

test('one moves as far as the tensor goes', () => {
  const near = { row: 50, column: 32, rows: 200, columns: 64 };
  expect(moved(near, 10, -10, size)).toEqual({ ...near, row: 60, column: 22 });
  expect(moved(near, 1000, -1000, size)).toEqual({ ...near, row: 200, column: 0 });
});

test('what is chosen comes into sight, and what is in sight moves nothing', () => {
  const near = { row: 50, column: 32, rows: 40, columns: 40 };
  expect(holding(near, { row: 60, column: 40 }, size)).toEqual(near);
  expect(holding(near, { row: 95, column: 32 }, size)).toEqual({ ...near, row: 58, column: 30 });
  expect(holding(near, { row: 399, column: 0 }, size)).toEqual({ ...near, row: 360, column: 0 });
});
