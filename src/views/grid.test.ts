import { expect, test } from 'vitest';
import { gridOf, roleOf } from './grid.ts';

const llama = (layers: number) => [
  'model.embed_tokens.weight',
  ...Array.from({ length: layers }, (_, i) => [
    `model.layers.${i}.self_attn.q_proj.weight`,
    `model.layers.${i}.self_attn.q_proj.bias`,
    `model.layers.${i}.mlp.up_proj.weight`,
  ]).flat(),
  'model.norm.weight',
];

test('a row for each layer, a column for each role, the rest around them', () => {
  const { rows, columns, places } = gridOf(llama(2));
  expect(rows).toEqual(['in', '0', '1', 'out']);
  expect(columns).toEqual(['self_attn.q_proj', 'mlp.up_proj', 'others']);
  expect(places.map(({ row, column }) => [row, column])).toEqual([
    [0, 2],
    [1, 0],
    [1, 0],
    [1, 1],
    [2, 0],
    [2, 0],
    [2, 1],
    [3, 2],
  ]);
});

test('many layers share rows, in their order', () => {
  const { rows, places } = gridOf(llama(300));
  expect(rows.length).toBeLessThanOrEqual(128);
  expect(rows[1]).toBe('0–2');
  expect(rows.at(-2)).toBe('297–299');
  expect(places[1 + 3 * 299]).toEqual({ row: rows.length - 2, column: 0 });
});

test('experts of one kind share a column, and the rarest roles share the last', () => {
  expect(roleOf('model.layers.3.mlp.experts.17.up_proj.weight')).toBe('mlp.experts.*.up_proj');
  const names = Array.from({ length: 40 }, (_, i) => `h.0.kind${i}.weight`);
  const { columns, places } = gridOf([...names, 'h.1.kind0.weight']);
  expect(columns).toHaveLength(14);
  expect(columns[0]).toBe('kind0');
  expect(columns.at(-1)).toBe('others');
  expect(places[39].column).toBe(13);
});

test('stacks of one model are told apart', () => {
  const { rows } = gridOf(['encoder.block.0.q.weight', 'decoder.block.0.q.weight']);
  expect(rows).toHaveLength(2);
});

test('a model without layers is one row', () => {
  const { rows, columns } = gridOf(['a.weight', 'b.weight']);
  expect([rows, columns]).toEqual([['out'], ['others']]);
});

test('nothing at all is an empty grid', () => {
  expect(gridOf([])).toEqual({ rows: [], columns: [], places: [] });
});
