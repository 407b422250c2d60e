import { describe, expect, test } from 'vitest';
import { dial, recipe } from '../../testing/searching.ts';
import { spaceOf } from './space.ts';

describe('a space', () => {
  const weights = ['weight of A', 'weight of B'].map((id) => ({ dial: dial(id) }));

  test('of numbers in whole starts at the recipe, between sensible ends', () => {
    const { axes, recipeOf } = spaceOf(recipe, [{ dial: dial('lambda') }, ...weights], {
      kind: 'whole',
    });
    expect(axes).toEqual([
      { label: 'λ', low: 0, high: 2, start: 0.5 },
      { label: 'weight of A', low: -1, high: 2, start: 1 },
      { label: 'weight of B', low: -1, high: 2, start: 1 },
    ]);
    const middle = spaceOf(recipe, weights, { kind: 'whole' }, 'middle');
    expect(middle.axes.map(({ start }) => start)).toEqual([0.5, 0.5]);
    const made = recipeOf([0.7, 0.25, 5]);
    expect(made.values.lambda).toBe(0.7);
    expect(made.experts.map(({ values }) => values.weight)).toEqual([0.25, 2, undefined]);
  });

  test('by group sets rules of one model, in front of the recipe’s own, and replaces its earlier ones', () => {
    const own = {
      id: 'mine',
      filter: { kind: 'contains', text: 'x' },
      parameter: 'weight',
      model: null,
      value: 3,
    } as const;
    const detail = { kind: 'groups', groups: ['attention', 'mlp'] } as const;
    const space = spaceOf({ ...recipe, rules: [own] }, weights.slice(0, 1), detail);
    expect(space.axes.map(({ label }) => label)).toEqual([
      'weight of A, attention',
      'weight of A, mlp',
    ]);
    const made = space.recipeOf([0.1, 0.2]);
    expect(made.rules).toMatchObject([
      { filter: { kind: 'group', group: 'attention' }, model: 'A', value: 0.1 },
      { filter: { kind: 'group', group: 'mlp' }, model: 'A', value: 0.2 },
      own,
    ]);
    expect(spaceOf(made, weights.slice(0, 1), detail).recipeOf([0.3, 0.4]).rules).toHaveLength(3);
  });

  test('along the depth is a gradient, and a number outside the layers', () => {
    const space = spaceOf(recipe, [{ dial: dial('weight of B'), range: [0, 1.5] }], {
      kind: 'depth',
      points: 3,
    });
    expect(space.axes.map(({ label }) => label)).toEqual([
      'weight of B, depth 0 %',
      'weight of B, depth 50 %',
      'weight of B, depth 100 %',
      'weight of B, outside the layers',
    ]);
    const made = space.recipeOf([0.1, 0.2, 0.3, 0.4]);
    expect(made.rules).toMatchObject([
      { parameter: 'weight', model: 'B', value: [0.1, 0.2, 0.3], filter: { text: '' } },
    ]);
    expect(made.experts[1].values.weight).toBe(0.4);
  });

  test('makes numbers that fit a field: a thousandth of the range, or finer', () => {
    const { recipeOf } = spaceOf(recipe, [{ dial: dial('lambda') }], { kind: 'whole' });
    expect(recipeOf([0.521149]).values.lambda).toBe(0.521);
    const narrow = spaceOf(recipe, [{ dial: dial('lambda'), range: [0, 0.01] }], { kind: 'whole' });
    expect(narrow.recipeOf([0.00123456]).values.lambda).toBe(0.001235);
  });

  test('without room is refused', () => {
    expect(() => spaceOf(recipe, [], { kind: 'whole' })).toThrow('choose a number');
    expect(() =>
      spaceOf(recipe, [{ dial: dial('lambda'), range: [1, 1] }], { kind: 'whole' }),
    ).toThrow('λ has no room between 1 and 1.');
  });
});
