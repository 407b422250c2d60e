import { expect, test } from 'vitest';
import { nowhere } from './conflicts.ts';
import { firstPlace, levelOf, type Place, placeFromHash, placeText } from './place.ts';
import { colours, looks, poolings, tabs } from './view.ts';

const focus = {
  tensor: 'unet/down, 1 & 2=ü.weight',
  square: { row: 16, column: 32 },
  element: 5,
};

const places: readonly Place[] = [
  ...tabs.map((tab) => ({ ...firstPlace, tab })),
  ...looks.map((look) => ({ ...firstPlace, tab: 'conflicts' as const, look })),
  ...colours.flatMap((colour) =>
    poolings.map((pooling) => ({
      ...{ tab: 'conflicts' as const, look: looks[0], colour, pooling },
      focus,
      sight: pooling === 'most' ? { row: 3, column: 0, rows: 64, columns: 80 } : null,
    })),
  ),
];

test('every place survives the way through an address', () => {
  for (const place of places.slice(1)) {
    expect(placeFromHash(`#${placeText(place)}`)).toEqual({ place, lost: [] });
  }
});

test('the place a page opens on needs no words, and a place is written as a person would', () => {
  expect(placeText(firstPlace)).toBe('');
  const place = { ...firstPlace, tab: 'conflicts' as const, focus: { ...focus, tensor: 'a.w' } };
  expect(placeText(place)).toBe('tab=conflicts&tensor=a.w&square=16,32&element=5');
});

test('a name that is no text an address can hold keeps what of it can', () => {
  const named = (tensor: string) => ({ ...places[1], focus: { ...focus, tensor } });
  const text = placeText(named('a\uD83D.\u{1F600}'));
  expect(placeFromHash(`#${text}`)?.place).toEqual(named('a\uFFFD.\u{1F600}'));
});

test('what does not count where one is, is left out', () => {
  expect(placeText({ ...firstPlace, tab: 'plan', look: 'changes', focus })).toBe('tab=plan');
  expect(placeText({ ...firstPlace, tab: 'conflicts', look: 'survival', focus })).toBe(
    'tab=conflicts&look=survival',
  );
});

test('a hash about something else is no place', () => {
  for (const hash of ['', '#view', '#r=abc']) expect(placeFromHash(hash)).toBeNull();
});

test.each([
  ['#tab=attic', /“attic” as its tab; there is method, conflicts/],
  ['#tab=conflicts&look=dreams', /“dreams” as its look/],
  ['#tab=conflicts&colour=red', /“red” as its colour/],
  ['#tab=conflicts&tensor=w&tiles=x', /“x” as its tiles/],
  ['#tab=conflicts&tensor=w&sight=1,2', /“1,2” as its sight, which should be a row, a column, and/],
  ['#tab=conflicts&tensor=w&square=3', /“3” as its square, which should be a row and a column/],
  ['#tab=conflicts&tensor=w&square=-1,2', /“-1,2” as its square/],
  ['#tab=conflicts&tensor=w&square=1,2&element=many', /“many” as its element/],
])('%s says what it could not find', (hash, said) => {
  const found = placeFromHash(hash)!;
  expect(found.lost).toEqual([expect.stringMatching(said)]);
});

test('what a bad link does say is kept, down to the level that it spoils', () => {
  const hash = '#tab=conflicts&colour=margin&tensor=w&square=nowhere&element=3';
  expect(placeFromHash(hash)!.place).toEqual({
    ...firstPlace,
    tab: 'conflicts',
    colour: 'margin',
    focus: { ...nowhere, tensor: 'w' },
  });
});

test('deeper and elsewhere are other levels; another square, element or colour is not', () => {
  const at = (change: Partial<typeof focus>) =>
    levelOf({ ...firstPlace, tab: 'conflicts', focus: { ...focus, ...change } });
  expect(at({ element: 6 })).toBe(at({}));
  expect(at({ square: { row: 0, column: 0 } })).toBe(at({}));
  expect(at({ tensor: 'other' })).not.toBe(at({}));
  expect(levelOf({ ...firstPlace, tab: 'conflicts' })).not.toBe(at({}));
  expect(levelOf({ ...firstPlace, tab: 'plan', focus })).toBe(
    levelOf({ ...firstPlace, tab: 'plan' }),
  );
});
