import { expect, test } from 'vitest';
import { placesIn } from './places.ts';

const of = (places: number) => ({ places, together: 32 });

test('a tiny tensor is looked at whole, an empty one not at all', () => {
  expect(placesIn('w', 256, of(8))).toEqual([{ from: 0, count: 256 }]);
  expect(placesIn('w', 3, of(2))).toEqual([{ from: 0, count: 3 }]);
  expect(placesIn('w', 0, of(8))).toEqual([]);
  expect(placesIn('w', 1000, of(0))).toEqual([]);
});

test.each([
  [257, 8],
  [1000, 8],
  [4096 * 4096, 8],
  [65, 2],
  [2 ** 32 - 1, 4],
])(
  'of %s elements the first and the last are among %s places, which are apart',
  (elements, count) => {
    const places = placesIn('model.layers.0.q_proj.weight', elements, of(count));
    expect(places).toHaveLength(count);
    expect(places[0].from).toBe(0);
    expect(places.at(-1)).toEqual({ from: elements - 32, count: 32 });
    for (const [k, { from }] of places.slice(1).entries()) {
      expect(from).toBeGreaterThanOrEqual(places[k].from + 32);
    }
  },
);

test('the places in between go by the name, the same each time', () => {
  const begins = (name: string) => placesIn(name, 10 ** 6, of(8)).map(({ from }) => from);
  expect(begins('a')).toEqual(begins('a'));
  expect(begins('a')).not.toEqual(begins('b'));
});
