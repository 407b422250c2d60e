import { expect, test } from 'vitest';
import { packedSurvived, type Survival } from '../../views/survival.ts';
import { inOrder } from './group-rows.ts';
import { type Row, rowsBy, survivalCsv } from './survival-rows.ts';

const row = (name: string, cosine: number | null, flipped: number): Row => ({
  ...{ name, cosines: [cosine], ratios: [2], norm: 1, overAverage: 1 },
  ...{ overBase: 0.5, flipped, unchanged: 0, beyondF16: null },
});
const rows = [row('layers.10.q', 0.5, 0.1), row('layers.9.q', null, 0.3), row('norm', -0.5, 0.2)];
const survival: Survival = {
  models: ['ours'],
  elements: 3,
  sampled: 3,
  tensorsMerged: 3,
  tensorsSampled: 3,
  errors: { cosine: null, length: null },
  whole: row('', 0.25, 0.2),
  groups: [row('mlp', 0.5, 0.1)],
  layers: [],
  tensors: {
    names: rows.map(({ name }) => name),
    values: Float64Array.from(rows.flatMap(packedSurvived)),
  },
};
const cosineOf = ({ name, cosines }: Row, column: number) => (column === 0 ? name : cosines[0]);
const names = (all: readonly Row[]) => all.map(({ name }) => name);

test('lines are ordered by number, whichever way, with those that have none at the end', () => {
  const by = (column: number, isDown: boolean) =>
    names(inOrder(rows, '', { column, isDown }, cosineOf));
  expect(by(1, true)).toEqual(['layers.10.q', 'norm', 'layers.9.q']);
  expect(by(1, false)).toEqual(['norm', 'layers.10.q', 'layers.9.q']);
  expect(by(0, false)).toEqual(['layers.9.q', 'layers.10.q', 'norm']);
  expect(names(inOrder(rows, '', null, cosineOf))).toEqual(names(rows));
});

test('a search finds parts of names, in either case', () => {
  expect(names(inOrder(rows, ' LAYERS.1', null, cosineOf))).toEqual(['layers.10.q']);
});

test('tensors are told as they were packed', () => {
  expect(rowsBy('tensor', survival)).toEqual(rows);
});

test('CSV has the model, its groups and its tensors', () => {
  const lines = survivalCsv(survival).split('\r\n');
  expect(lines[0]).toBe(
    'of,name,cosine with ours,length over ours,length,over the average,over the base,signs flipped,unchanged,beyond F16',
  );
  expect(lines.slice(1)).toEqual([
    'model,,0.25,2,1,1,0.5,0.2,0,',
    'group,mlp,0.5,2,1,1,0.5,0.1,0,',
    'tensor,layers.10.q,0.5,2,1,1,0.5,0.1,0,',
    'tensor,layers.9.q,,2,1,1,0.5,0.3,0,',
    'tensor,norm,-0.5,2,1,1,0.5,0.2,0,',
    '',
  ]);
});
