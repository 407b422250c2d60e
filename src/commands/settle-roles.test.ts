import { expect, test } from 'vitest';
import { emptyRecipe } from '../recipe/defaults.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { ModelsState } from '../stores/models.ts';
import { settleRoles } from './settle-roles.ts';

const ref = (id: string) => ({ id, name: id, origin: 'local', bytes: 1 }) as const;
const slots = Object.fromEntries(
  ['whole', 'other', 'style', 'face'].map((id) => [
    id,
    {
      ...ref(id),
      summary: null,
      status: {
        kind: 'open',
        model: { adapter: /style|face/.test(id) ? { dialect: 'PEFT' } : null },
      },
    },
  ]),
) as unknown as ModelsState['slots'];

function rolesOf(base: string | null, experts: readonly string[], opened: readonly string[]) {
  const recipe = {
    ...emptyRecipe(),
    base: base === null ? null : ref(base),
    experts: experts.map((id) => ({ model: ref(id), values: {} })),
  };
  const settled = settleRoles(recipe, slots, opened);
  return [settled.base?.id ?? null, ...settled.experts.map(({ model }) => model.id)];
}

test('a lone adapter is an expert, not a base', () => {
  expect(rolesOf('style', [], ['style'])).toEqual([null, 'style']);
});

test('the one whole model that comes with adapters is their base', () => {
  expect(rolesOf(null, ['face', 'style', 'whole'], ['face', 'style', 'whole'])).toEqual([
    'whole',
    'face',
    'style',
  ]);
  expect(rolesOf('style', ['whole'], ['style', 'whole'])).toEqual(['whole', 'style']);
});

test('which of two whole models is the base is not guessed', () => {
  const all = ['style', 'whole', 'other'];
  expect(rolesOf(null, all, all)).toEqual([null, ...all]);
});

test('a base that was chosen stays, and so does an adapter that was there before', () => {
  expect(rolesOf('whole', ['style', 'other'], ['style', 'other'])).toEqual([
    'whole',
    'style',
    'other',
  ]);
  expect(rolesOf('style', ['whole'], ['whole'])).toEqual(['style', 'whole']);
});

test('nothing changes without adapters', () => {
  expect(rolesOf(null, ['whole', 'other'], ['whole', 'other'])).toEqual([null, 'whole', 'other']);
});

test('adapters alone are merged at λ 1, a whole model beside them leaves it as it is', () => {
  const recipe = (experts: readonly string[], values: Recipe['values'] = {}) =>
    settleRoles(
      {
        ...emptyRecipe(),
        method: 'task_arithmetic',
        base: ref('other'),
        experts: experts.map((id) => ({ model: ref(id), values: {} })),
        values,
      },
      slots,
      experts,
    ).values;
  expect(recipe(['style', 'face'])).toEqual({ lambda: 1 });
  expect(recipe(['style', 'whole'])).toEqual({});
  expect(recipe(['style'], { lambda: 0.6 })).toEqual({ lambda: 0.6 });
});
