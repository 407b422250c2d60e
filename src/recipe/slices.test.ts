import { describe, expect, test } from 'vitest';
import { fullRecipe } from '../testing/recipes.ts';
import { withMethod } from './defaults.ts';
import { parseRecipe } from './parse.ts';
import type { Slice } from './recipe.ts';
import {
  depthOf,
  layersIn,
  placed,
  repeated,
  sliceOf,
  split,
  withOther,
  withoutSource,
} from './slices.ts';

const a = sliceOf('slice-1', 'a', 0, 4);
const b = sliceOf('slice-2', 'b', 2, 8);
const both: Slice = {
  ...sliceOf('slice-3', 'a', 4, 6),
  sources: [
    { model: 'a', from: 4, to: 6, values: {} },
    { model: 'b', from: 8, to: 10, values: { weight: 1 } },
  ],
};
const ranges = (slices: readonly Slice[]) =>
  slices.map(({ sources }) => sources.map(({ model, from, to }) => `${model} ${from}-${to}`));

test('layers are counted over all slices', () => {
  expect([a, b, both].map(depthOf)).toEqual([4, 6, 2]);
  expect(layersIn([a, b, both])).toBe(12);
});

test('a slice is repeated behind itself, under an id of its own', () => {
  const all = repeated([a, b], 'slice-1');
  expect(ranges(all)).toEqual([['a 0-4'], ['a 0-4'], ['b 2-8']]);
  expect(all.map(({ id }) => id)).toEqual(['slice-1', 'slice-3', 'slice-2']);
});

test('all sources are split at the same depth', () => {
  expect(ranges(split([both, a], 'slice-3', 1))).toEqual([
    ['a 4-5', 'b 8-9'],
    ['a 5-6', 'b 9-10'],
    ['a 0-4'],
  ]);
  expect(split([a], 'slice-1', 4)).toEqual([a]);
  expect(split([a], 'slice-1', 0)).toEqual([a]);
});

test('a slice is placed among the others, no further than the ends', () => {
  const ids = (slices: readonly Slice[]) => slices.map(({ id }) => id.at(-1)).join('');
  const all = [a, b, both];
  expect(ids(placed(all, 'slice-1', 1))).toBe('213');
  expect(ids(placed(all, 'slice-3', -5))).toBe('312');
  expect(ids(placed(all, 'slice-1', 9))).toBe('231');
  expect(placed(all, 'slice-2', 1)).toBe(all);
});

test('without a model its slices go, and where it was one of several it alone', () => {
  expect(ranges(withoutSource([a, both], 'a')!)).toEqual([['b 8-10']]);
  expect(withoutSource([a], 'a')).toBeNull();
  expect(withoutSource(null, 'a')).toBeNull();
});

test('another model takes the place of one, unless it is there', () => {
  expect(ranges(withOther([a, both], 'a', 'b')!)).toEqual([['b 0-4'], ['b 8-10']]);
  expect(ranges(withOther([a], 'a', 'c')!)).toEqual([['c 0-4']]);
});

describe('another method', () => {
  const slice: Slice = {
    ...both,
    values: { lambda: 0.5 },
    rules: [
      {
        id: 'r',
        filter: { kind: 'contains', text: '' },
        parameter: 'density',
        model: null,
        value: 1,
      },
    ],
  };

  test('takes what it does not know from slices, too', () => {
    const { slices } = withMethod({ ...fullRecipe, slices: [slice] }, 'linear');
    expect(slices).toEqual([{ ...slice, values: {}, rules: [] }]);
  });

  test('leaves slices that have one of their own', () => {
    const own = { ...slice, method: 'ties' };
    expect(withMethod({ ...fullRecipe, slices: [own] }, 'linear').slices).toEqual([own]);
  });
});

describe('read from a file', () => {
  const messages = (slices: unknown) => {
    const parsed = parseRecipe({ version: 1, method: 'linear', experts: [], slices });
    return 'findings' in parsed ? parsed.findings.map(({ message }) => message) : [];
  };
  const source = { model: 'a', from: 0, to: 2 };

  test('what may be absent takes its default', () => {
    const parsed = parseRecipe({
      version: 1,
      method: 'linear',
      experts: [],
      slices: [{ id: 's', sources: [source] }],
    });
    expect('recipe' in parsed && parsed.recipe.slices).toEqual([sliceOf('s', 'a', 0, 2)]);
  });

  test('recipes from before slices have none', () => {
    const parsed = parseRecipe({ version: 1, method: 'linear', experts: [] });
    expect('recipe' in parsed && parsed.recipe.slices).toBeNull();
  });

  test.each([
    [[], 'slices: found [], expected at least one slice.'],
    [[{ id: 's', sources: [] }], 'slices[0].sources: found [], expected at least one source.'],
    [
      [{ id: 's', sources: [{ ...source, from: 3 }] }],
      'slices[0].sources[0].to: found 2, expected a layer from 3.',
    ],
    [
      [{ id: 's', sources: [{ ...source, from: -1 }] }],
      'slices[0].sources[0].from: found -1, expected a whole number from 0.',
    ],
    [
      [{ id: 's', sources: [source, { model: 'b', from: 0, to: 3 }] }],
      'slices[0].sources: b gives 3 layers and a 2: expected as many of each.',
    ],
    [[{ id: 's', sources: [source, source] }], 'slices[0].sources: a is there twice.'],
    [
      [{ id: 's', sources: [source], values: { density: 1 } }],
      'slices[0].values.density: a key that is not known here, expected one of normalize.',
    ],
    [[{ id: 's', sources: [{ ...source, to: 20_000 }] }], 'slices: layers beyond the 10,000th.'],
  ])('%j is refused', (slices, message) => {
    expect(messages(slices)).toContain(message);
  });

  test('a method of its own says which values there are', () => {
    const own = {
      id: 's',
      sources: [{ ...source, values: { scale: 0.5 } }],
      method: 'passthrough',
    };
    expect(messages([own])).toEqual([]);
    expect(messages([{ ...own, method: 'no-such' }])[0]).toContain(
      'slices[0].method: found "no-such"',
    );
  });
});
