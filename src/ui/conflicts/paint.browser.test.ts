import { afterEach, expect, test } from 'vitest';
import { bandsOf } from '../../views/bands.ts';
import type { Close, Patch } from '../../views/close.ts';
import type { Sight } from '../../views/sight.ts';
import { emptyTiles, matrixOf, pool, tilingOf } from '../../views/tiles.ts';
import './conflicts.css';
import { elementLayer, paintSight, paintStrip, paletteOf, stripTop, tileLayer } from './paint.ts';

/** Rows and columns of a tensor where two models are opposed; everywhere else they agree. */
const shape = [1200, 900];
const fight = { row: 400, column: 600, rows: 160, columns: 90 };

const isIn = (row: number, column: number, { row: r, column: c, rows, columns }: Sight) =>
  row >= r && row < r + rows && column >= c && column < c + columns;

function planted(): Close {
  const tiling = tilingOf(matrixOf(shape));
  const tiles = emptyTiles(tiling);
  const ours = Float32Array.from({ length: 1200 * 900 }, (_, i) => 0.5 + (i % 7) / 10);
  const theirs = ours.map((value, i) =>
    isIn(Math.floor(i / 900), i % 900, fight) ? -value : value / 2,
  );
  pool(tiles, tiling, 0, [ours, theirs], [1, 1]);
  return { tensor: 'w', shape, tiling, tiles } as unknown as Close;
}

const close = planted();
afterEach(() => document.body.replaceChildren());

/** A canvas in the page's theme. */
function canvasOf(width: number, height: number, scheme = 'light') {
  const view = document.createElement('div');
  view.className = 'conflicts';
  view.style.colorScheme = scheme;
  view.style.setProperty('--surface', '#fffffe');
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  view.append(canvas);
  document.body.append(view);
  return canvas;
}

/** Reads a picture once, and tells of a place how far along from calm to conflict it is; NaN where it is neither. */
function seen(canvas: HTMLCanvasElement) {
  const { calm, conflict } = paletteOf(canvas);
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
  const pixel = (x: number, y: number) => {
    const at = 4 * (Math.round(y) * width + Math.round(x));
    return [...data.slice(at, at + 3)];
  };
  const shareAt = (x: number, y: number): number => {
    const shares = pixel(x, y).map((value, i) => (value - calm[i]) / (conflict[i] - calm[i]));
    return Math.max(...shares) - Math.min(...shares) < 0.05 ? shares[0] : Number.NaN;
  };
  return { pixel, shareAt };
}

/** Every pixel of a grid over the picture that shows the wrong thing; one step beside a border may show either. */
function wrong(canvas: HTMLCanvasElement, sight: Sight, slack: number): string[] {
  const { shareAt } = seen(canvas);
  const found: string[] = [];
  for (let y = 4; y < canvas.height; y += 9) {
    for (let x = 4; x < canvas.width; x += 9) {
      const row = sight.row + (y / canvas.height) * sight.rows;
      const column = sight.column + (x / canvas.width) * sight.columns;
      const around = [-slack, slack].flatMap((r) =>
        [-slack, slack].map((c) => isIn(row + r, column + c, fight)),
      );
      if (new Set(around).size > 1) continue;
      const share = shareAt(x, y);
      if (!(Math.abs(share - (around[0] ? 1 : 0)) < 0.03)) found.push(`${x},${y}: ${share}`);
    }
  }
  return found;
}

test.each(['light', 'dark'])('a planted conflict is seen where it is, %s', (scheme) => {
  const canvas = canvasOf(720, 540, scheme);
  const palette = paletteOf(canvas);
  const whole = { row: 0, column: 0, rows: 1200, columns: 900 };
  paintSight(canvas, whole, [tileLayer(close, 'mean', palette)], palette);
  expect(wrong(canvas, whole, 4)).toEqual([]);
  // Another place would be noticed.
  expect(wrong(canvas, { ...whole, row: 30 }, 4).length).toBeGreaterThan(5);
});

test('it stays there as one comes nearer, down to its elements', () => {
  const canvas = canvasOf(720, 540);
  const palette = paletteOf(canvas);
  const sight = { row: 380, column: 570, rows: 60, columns: 60 };
  paintSight(canvas, sight, [tileLayer(close, 'mean', palette)], palette);
  expect(wrong(canvas, sight, 4)).toEqual([]);

  // Elements one by one, over the tiles: exact at the border, and one that is not like its neighbours is seen.
  const side = 64;
  const ours = new Float32Array(side * side).fill(1);
  const theirs = ours.map((_, i) =>
    isIn(380 + Math.floor(i / side), 570 + (i % side), fight) ? -1 : 1,
  );
  const detail = {
    ...{ row: 380, column: 570, down: side, across: side },
    values: [ours, theirs].map((left) => ({ left, weight: 1 })),
  } as unknown as Patch;
  const layers = [tileLayer(close, 'mean', palette), elementLayer(detail, palette)];
  paintSight(canvas, sight, layers, palette);
  expect(wrong(canvas, sight, 0.6)).toEqual([]);
});

test('its rows and columns stand out in the strips', () => {
  const { tiling, tiles } = close;
  const top = stripTop(close);
  const canvas = canvasOf(72, 540);
  const rows = { from: 0, length: 1200, each: tiling.height, top };
  paintStrip(canvas, bandsOf(tiling, tiles, 'rows'), 'rows', rows, paletteOf(canvas));
  // 90 of 900 columns are opposed with 2 of 2 there, 1½ elsewhere: 90·2 ÷ (90·2 + 810·1½) = 12.9 %.
  expect(top).toBeCloseTo(0.2, 12);
  const { shareAt } = seen(canvas);
  const reach = (0.129 / 0.2) * 72;
  const y = (480 / 1200) * 540;
  expect(shareAt(reach - 2, y)).toBeCloseTo(1, 1);
  expect(shareAt(reach + 2, y)).toBeCloseTo(0, 1);
  expect(shareAt(1, (390 / 1200) * 540)).toBeCloseTo(0, 1);
  expect(shareAt(1, (570 / 1200) * 540)).toBeCloseTo(0, 1);
});

test('where nobody changes anything the ground is seen, not a calm colour', () => {
  const tiling = tilingOf([2, 2]);
  const tiles = emptyTiles(tiling);
  pool(tiles, tiling, 0, [Float32Array.of(1, 0, 0, 1), Float32Array.of(1, 0, 0, -1)], [1, 1]);
  const canvas = canvasOf(40, 40);
  const palette = paletteOf(canvas);
  const layer = tileLayer({ tiling, tiles } as unknown as Close, 'mean', palette);
  paintSight(canvas, { row: 0, column: 0, rows: 2, columns: 2 }, [layer], palette);
  const { pixel, shareAt } = seen(canvas);
  expect(pixel(30, 10)).toEqual([255, 255, 254]);
  expect(shareAt(10, 10)).toBeCloseTo(0, 2);
  expect(shareAt(30, 30)).toBeCloseTo(1, 2);
});
