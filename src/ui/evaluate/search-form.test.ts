import { expect, test } from 'vitest';
import { recipe } from '../../testing/searching.ts';
import { formOf, keysOf, planOf, type SearchForm, sizeOf, usualForm } from './search-form.ts';

const form: SearchForm = { ...usualForm, unticked: ['lambda'], vary: 'groups', restarts: 4 };
const plan = planOf(form, recipe, 6) as Extract<ReturnType<typeof planOf>, { kind: 'evolve' }>;

test('what was chosen is a plan, and comes back from it as it was', () => {
  expect(plan).toMatchObject({ kind: 'evolve', keys: ['weight'], restarts: 4, budget: 100 });
  expect(formOf({ plan, most: 25, start: recipe })).toEqual(form);
  const line = { ...usualForm, kind: 'line', experts: [2, 1], linePoints: 5 } as const;
  expect(formOf({ plan: planOf(line, recipe, 6), most: 25, start: recipe })).toEqual(line);
  const learned = { ...usualForm, kind: 'learned', budget: 7, seed: 3 } as const;
  expect(formOf({ plan: planOf(learned, recipe, 6), most: 25, start: recipe })).toEqual(learned);
});

test('each layer apart is as many points along the depth as the base has layers', () => {
  const layers = { ...form, vary: 'layers' } as const;
  expect(planOf(layers, recipe, 6)).toMatchObject({ detail: { kind: 'depth', points: 6 } });
  expect(planOf(layers, recipe, null)).toMatchObject({ detail: { kind: 'whole' } });
});

test('tells how many numbers are searched, or why none can be', () => {
  expect(sizeOf(plan, recipe)).toEqual({ numbers: 12, population: 11 });
  expect(sizeOf({ ...plan, population: 30 }, recipe)).toMatchObject({ population: 30 });
  expect(sizeOf({ ...plan, ranges: { weight: [2, 1] } }, recipe).problem).toBe(
    'weight of A has no room between 2 and 1.',
  );
  expect(sizeOf({ ...plan, keys: [] }, recipe).problem).toContain('choose a number');
  const none = { ...plan, detail: { kind: 'groups', groups: [] } } as const;
  expect(sizeOf(none, recipe).problem).toBe('Choose one group of tensors or more.');
});

test('the ends of a number that every model has span those of all', () => {
  const [a, ...rest] = recipe.experts;
  const wide = { ...recipe, experts: [{ ...a, values: { weight: 7 } }, ...rest] };
  expect(keysOf(wide).find(({ key }) => key === 'weight')!.reach).toEqual([-1, 7]);
});
