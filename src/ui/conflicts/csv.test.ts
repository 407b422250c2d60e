import { expect, test } from 'vitest';
import type { Patch } from '../../views/close.ts';
import { emptyTiles, pool, tilingOf } from '../../views/tiles.ts';
import { csvOfElements, csvOfTiles } from './csv.ts';

const rowsOf = (csv: string) => csv.trimEnd().split('\r\n');

test('a tile a line, with the elements it holds and their sums', () => {
  // Three by three elements in tiles of two by two; the models are opposed in the last one.
  const tiling = tilingOf([3, 3], 2);
  const tiles = emptyTiles(tiling);
  const ours = Float32Array.of(1, 1, 0, 1, 1, 0, 0, 0, 3);
  const theirs = Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, -1);
  pool(tiles, tiling, 0, [ours, theirs], [1, 1]);
  expect(rowsOf(csvOfTiles({ tiling, tiles }))).toEqual([
    'first row,last row,first column,last column,mass,cancelled mass,cancellation,worst element,shared,in conflict',
    '0,1,0,1,4,0,0,0,0,0',
    '0,1,2,2,0,0,,0,0,0',
    '2,2,0,1,0,0,,0,0,0',
    '2,2,2,2,4,2,0.5,0.5,1,1',
  ]);
});

const patch: Patch = {
  tensor: 'w',
  ...{ row: 16, column: 32, down: 1, across: 2 },
  base: Float32Array.of(1, 2),
  merged: Float32Array.of(1.5, 2),
  isMerged: Uint8Array.of(1, 1),
  values: [
    { change: Float32Array.of(1, 0.5), left: Float32Array.of(1, 0), weight: 1 },
    { change: Float32Array.of(-0.25, 0), left: Float32Array.of(-0.25, 0), weight: 2 },
  ],
};

test('an element a line with what each model wants; names with commas are quoted', () => {
  expect(rowsOf(csvOfElements(patch, ['a', 'b, "2"']))).toEqual([
    'row,column,base,merged,cancellation,a: change,a: left,a: weight,"b, ""2"": change","b, ""2"": left","b, ""2"": weight"',
    `16,32,1,1.5,${1 / 1.5},1,1,1,-0.25,-0.25,2`,
    '16,33,2,2,,0.5,0,1,0,0,2',
  ]);
});

test('one element alone', () => {
  expect(rowsOf(csvOfElements(patch, ['a', 'b'], 1)).slice(1)).toEqual([
    '16,33,2,2,,0.5,0,1,0,0,2',
  ]);
});
