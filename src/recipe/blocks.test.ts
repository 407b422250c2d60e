import { expect, test } from 'vitest';
import { blockLayouts, blockPresets, layoutFor, readBlocks, slotsOfCount } from './blocks.ts';

const of = (count: number) => slotsOfCount(count)!;

test('the five layouts have the slots that lbw gives them', () => {
  expect(blockLayouts.map(({ slots }) => slots.length)).toEqual([12, 17, 20, 26, 61]);
  expect(of(12).join(' ')).toBe('BASE IN04 IN05 IN07 IN08 MID OUT00 OUT01 OUT02 OUT03 OUT04 OUT05');
  expect(of(17).join(' ')).toBe(
    'BASE IN01 IN02 IN04 IN05 IN07 IN08 MID OUT03 OUT04 OUT05 OUT06 OUT07 OUT08 OUT09 OUT10 OUT11',
  );
  expect([0, 1, 9, 10, 11, 19].map((k) => of(20)[k])).toEqual(
    'BASE IN00 IN08 MID OUT00 OUT08'.split(' '),
  );
  expect([0, 1, 12, 13, 14, 25].map((k) => of(26)[k])).toEqual(
    'BASE IN00 IN11 MID OUT00 OUT11'.split(' '),
  );
  expect([0, 1, 2, 3, 21, 22, 59, 60].map((k) => of(61)[k])).toEqual(
    'CLIP T5 IN D00 D18 S00 S37 OUT'.split(' '),
  );
  for (const { slots } of blockLayouts) expect(new Set(slots).size).toBe(slots.length);
});

test('presets of 17 are those that everybody has', () => {
  const lines = blockPresets(of(17)).map(({ name, values }) => `${name}:${values.join(',')}`);
  expect(lines).toEqual([
    'NONE:0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0',
    'ALL:1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1',
    'INS:1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0',
    'IND:1,0,0,0,1,1,1,0,0,0,0,0,0,0,0,0,0',
    'INALL:1,1,1,1,1,1,1,0,0,0,0,0,0,0,0,0,0',
    'MIDD:1,0,0,0,1,1,1,1,1,1,1,1,0,0,0,0,0',
    'OUTD:1,0,0,0,0,0,0,0,1,1,1,1,0,0,0,0,0',
    'OUTS:1,0,0,0,0,0,0,0,0,0,0,0,1,1,1,1,1',
    'OUTALL:1,0,0,0,0,0,0,0,1,1,1,1,1,1,1,1,1',
    'ALL0.5:0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5',
  ]);
});

test('other layouts have presets of their own slots, Flux those of all slots', () => {
  expect(blockPresets(of(12)).find(({ name }) => name === 'IND')?.values).toEqual([
    1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0,
  ]);
  expect(blockPresets(of(61)).map(({ name }) => name)).toEqual(['NONE', 'ALL', 'ALL0.5']);
});

test('the layout that suits is the smallest with all slots that are there', () => {
  const countFor = (...present: readonly string[]) => layoutFor(present)?.slots.length ?? null;
  expect(countFor('BASE', 'IN04', 'MID', 'OUT00')).toBe(12);
  expect(countFor('IN01', 'MID', 'OUT11')).toBe(17);
  expect(countFor('IN00', 'IN08', 'OUT00', 'OUT08')).toBe(20);
  expect(countFor('IN00', 'IN11', 'OUT00', 'OUT11')).toBe(26);
  expect(countFor('D03', 'S37')).toBe(61);
  expect(countFor()).toBe(null);
});

const list = '1,0,0,0,1,1,1,0,0,0,0,0,0,0,0,0,0.5';
const values = list.split(',').map(Number);

test.each([
  [list, values, null],
  [`MINE:${list}`, values, null],
  [`  mine : ${list.replaceAll(',', ' , ')} `, values, null],
  [`<lora:style:0.8:lbw=${list}>`, values, 0.8],
  ['lora:0.7:OUTALL', [1, 0, 0, 0, 0, 0, 0, 0, ...Array(9).fill(1)], 0.7],
  ['ind', [1, 0, 0, 0, 1, 1, 1, ...Array(10).fill(0)], null],
  [Array(12).fill('-1').join(','), Array(12).fill(-1), null],
])('“%s” is read', (text, expected, ratio) => {
  expect(readBlocks(text, of(17))).toEqual({ values: expected, ratio });
});

test.each([
  ['1,1,1', 'The list has 3 numbers; block weights are 12, 17, 20, 26 or 61.'],
  ['0.5', 'The list has 1 number; block weights are 12, 17, 20, 26 or 61.'],
  [`${list},1`, 'The list has 18 numbers; block weights are 12, 17, 20, 26 or 61.'],
  [list.replace('0.5', 'R'), '“R” is neither a number nor one of the presets NONE, ALL, INS'],
  [list.replace('0.5', 'Infinity'), '“Infinity” is neither a number'],
  ['MIDDLE', '“MIDDLE” is neither a number nor one of the presets'],
  [' ', 'Paste a list of numbers'],
])('“%s” is refused in words', (text, problem) => {
  expect(readBlocks(text, of(17))).toEqual({ problem: expect.stringContaining(problem) });
});
