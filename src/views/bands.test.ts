import { expect, test } from 'vitest';
import { bandsOf, cancelled, coarser } from './bands.ts';
import { emptyTiles, pool, tilingOf } from './tiles.ts';

/** Two models of 4 × 6 elements that agree, but for row 2, where the second is against the first with half its strength. */
function picture(most = 512) {
  const tiling = tilingOf([4, 6], most);
  const tiles = emptyTiles(tiling);
  const ours = new Float32Array(24).fill(1);
  const theirs = ours.map((_, i) => (Math.floor(i / 6) === 2 ? -0.5 : i % 6 === 5 ? 0 : 1));
  pool(tiles, tiling, 0, [ours, theirs], [1, 1]);
  return { tiling, tiles };
}

test('a row that fights stands out among the rows, and is a quarter of every column', () => {
  const { tiling, tiles } = picture();
  const rows = bandsOf(tiling, tiles, 'rows');
  expect([0, 1, 2, 3].map((row) => cancelled(rows, row))).toEqual([0, 0, 1 / 1.5, 0]);
  const columns = bandsOf(tiling, tiles, 'columns');
  // 2·min(1, ½) of 3·2 + 1½; where the second changes one element only, of 3·1 + 1½.
  expect(cancelled(columns, 0)).toBeCloseTo(1 / 7.5, 12);
  expect(cancelled(columns, 5)).toBeCloseTo(1 / 4.5, 12);
});

test('bands of pooled tiles are those of the elements in them', () => {
  const { tiling, tiles } = picture(2);
  expect(tiling).toMatchObject({ height: 2, width: 3, down: 2, across: 2 });
  const rows = bandsOf(tiling, tiles, 'rows');
  expect(cancelled(rows, 0)).toBe(0);
  expect(cancelled(rows, 1)).toBeCloseTo(6 / (6 * 1.5 + 11), 6);
});

test('a coarser picture is the one that is pooled at once', () => {
  const { tiling, tiles } = picture();
  expect(coarser(tiling, tiles, 2)).toEqual(picture(2));
  expect(coarser(tiling, tiles, 16)).toEqual({ tiling, tiles });
});

test('where nobody changes anything there is no share', () => {
  expect(cancelled({ mass: [0], opposed: [0] }, 0)).toBe(null);
});
