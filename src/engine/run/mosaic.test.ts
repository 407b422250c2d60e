import { expect, test } from 'vitest';
import type { TensorReport } from '../protocol.ts';
import { Mosaic } from './mosaic.ts';

const report = (tensor: string, over: Partial<TensorReport> = {}): TensorReport => ({
  tensor,
  backend: 'cpu',
  changed: true,
  saturated: 0,
  nonFinite: 0,
  notes: [],
  ...over,
});

/** `layers` layers of `each` tensors, layer by layer. */
const stack = (layers: number, each: number) =>
  Array.from(
    { length: layers * each },
    (_, i) => `layers.${Math.floor(i / each)}.mlp.w${i % each}`,
  );

const cellsIn = ({ rows }: Mosaic) => rows.flatMap(({ cells }) => cells);

test('rows are what comes before the layers, each layer by number, what comes after', () => {
  const { rows } = new Mosaic([
    'lm_head.weight',
    'model.layers.10.mlp.up_proj.weight',
    'model.layers.2.mlp.up_proj.weight',
    'model.layers.2.mlp.down_proj.weight',
    'model.embed_tokens.weight',
  ]);
  expect(rows.map(({ name, cells }) => [name, cells.map(({ tensor }) => tensor)])).toEqual([
    ['in', ['model.embed_tokens.weight']],
    ['2', ['model.layers.2.mlp.up_proj.weight', 'model.layers.2.mlp.down_proj.weight']],
    ['10', ['model.layers.10.mlp.up_proj.weight']],
    ['out', ['lm_head.weight']],
  ]);
});

test('no tensors make no rows', () => {
  expect(new Mosaic([]).rows).toEqual([]);
});

test.each([
  ['one layer of 50,000', stack(1, 50_000)],
  ['48 layers of 1,041', stack(48, 1041)],
  ['50,000 layers of one', stack(50_000, 1)],
  ['801 without a layer', Array.from({ length: 801 }, (_, i) => `t${i}`)],
])('%s tensors lie in at most 800 cells, each tensor in one', (_, names) => {
  const mosaic = new Mosaic(names);
  const cells = cellsIn(mosaic);
  expect(cells.length).toBeLessThanOrEqual(800);
  expect(cells.length).toBeGreaterThan(40);
  expect(mosaic.rows.length).toBeLessThanOrEqual(62);
  const met = new Uint32Array(cells.length);
  for (const name of names) met[mosaic.cellOf(name)!] += 1;
  expect([...met]).toEqual(cells.map(({ count }) => count));
  for (const { count, cells } of mosaic.rows) {
    expect(cells.map(({ from }) => from)).toEqual(
      cells.map((_, i) => cells.slice(0, i).reduce((sum, cell) => sum + cell.count, 0)),
    );
    expect(cells.reduce((sum, cell) => sum + cell.count, 0)).toBe(count);
  }
});

test('up to 800 tensors have a cell each, and a short row keeps its own beside a long one', () => {
  expect(cellsIn(new Mosaic(stack(50, 16)))).toHaveLength(800);
  const { rows } = new Mosaic(['embed.weight', ...stack(2, 3), ...stack(1, 1000)]);
  expect(rows.map(({ name, cells }) => [name, cells.length])).toEqual([
    ['in', 1],
    ['0', 796],
    ['1', 3],
  ]);
});

test('a deep model has several layers in a row', () => {
  const { rows } = new Mosaic(stack(61, 2));
  expect(rows).toHaveLength(31);
  expect(rows[0]).toMatchObject({ name: '0–1', count: 4 });
  expect(rows[30]).toMatchObject({ name: '60', count: 2 });
});

test('counts what became of the tensors of a cell, in whatever order they finish', () => {
  const names = stack(1, 1601); // 800 cells of two tensors, the last of three
  const mosaic = new Mosaic(names);
  mosaic.take(report(names[1600], { changed: false }));
  mosaic.take(report(names[2], { backend: 'copy', changed: false }));
  mosaic.take(report(names[3]));
  mosaic.take(report(names[1599], { changed: null, saturated: 2 }));
  mosaic.take(report('elsewhere'));
  expect(mosaic.cellOf('elsewhere')).toBeNull();
  const at = (cell: number) => Object.values(mosaic.counts).map((counts) => counts[cell]);
  expect(Object.keys(mosaic.counts)).toEqual([
    'changed',
    'unchanged',
    'copied',
    'written',
    'noted',
  ]);
  expect(at(0)).toEqual([0, 0, 0, 0, 0]);
  expect(at(1)).toEqual([1, 0, 1, 0, 0]);
  expect(at(799)).toEqual([0, 1, 0, 1, 1]);
});

test('a tensor that nothing is compared with is written, not changed', () => {
  const mosaic = new Mosaic(['q.lora_A.weight', 'q.lora_B.weight']);
  mosaic.take(report('q.lora_A.weight', { changed: null }));
  mosaic.take(report('q.lora_B.weight', { changed: null, backend: 'copy' }));
  const { changed, written, copied } = mosaic.counts;
  expect([[...changed], [...written], [...copied]]).toEqual([
    [0, 0],
    [1, 0],
    [0, 1],
  ]);
});

test('keeps the latest five tensors with something to say, newest first', () => {
  const names = stack(1, 9);
  const mosaic = new Mosaic(names);
  for (const [i, name] of names.entries()) {
    mosaic.take(report(name, { notes: i === 8 ? [] : [`remark ${i}`] }));
  }
  expect(mosaic.remarks.map(({ notes }) => notes[0])).toEqual(
    [7, 6, 5, 4, 3].map((i) => `remark ${i}`),
  );
});
