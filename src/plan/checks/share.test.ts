import { expect, test } from 'vitest';
import { headerModel } from '../../testing/model.ts';
import { findingOf, findingsOf, planned, planWith, recipeOf } from '../../testing/planning.ts';

const base = headerModel('base', {
  'model.layers.0.mlp.up_proj.weight': ['F32', [6, 10]],
  'model.layers.1.mlp.up_proj.weight': ['F32', [3, 10]],
  'model.norm.weight': ['F32', [10]],
});
const little = headerModel('little', {
  'model.layers.1.mlp.up_proj.weight': ['F32', [3, 10]],
  'model.norm.weight': ['F32', [10]],
  'other.weight': ['F32', [60]],
});
const enough = headerModel('enough', {
  'model.layers.0.mlp.up_proj.weight': ['F32', [6, 10]],
});
const strict = { smallShare: 'refuse' } as const;

test('the share is counted in elements: merged, copied, left out', () => {
  expect(planned(recipeOf(base, [little]), [base, little]).share).toEqual({
    total: 100,
    merged: 40,
    copied: 60,
    leftOut: 60,
    given: 100,
  });
});

test('less than half merged is an error that can be overridden', () => {
  const recipe = recipeOf(base, [little], strict);
  expect(findingOf(recipe, [base, little], 'little-merged')).toMatchObject({
    severity: 'error',
    message:
      'little takes part in 40.0 % of the elements of the output; everywhere else the output is made without it.',
    fixes: [{ kind: 'set-small-share', label: 'Merge anyway', value: 'merge anyway' }],
  });
  const result = planWith(recipe, [base, little]);
  expect('findings' in result && result.share?.merged).toBe(40);
});

test('overridden it is a warning', () => {
  const finding = findingOf(recipeOf(base, [little]), [base, little], 'little-merged');
  expect(finding.severity).toBe('warning');
});

test('of several models the one that hardly takes part is named; half and more is fine', () => {
  const recipe = recipeOf(base, [enough, little], strict);
  const found = findingsOf(recipe, [base, enough, little]).filter(
    ({ code }) => code === 'little-merged',
  );
  expect(found.map(({ place }) => place.model)).toEqual(['little']);
});

test('a reference that is an expert itself does not count as merged with itself', () => {
  const recipe = recipeOf(null, [base, little], { ...strict, method: 'linear' });
  const result = planWith(recipe, [base, little]);
  expect('findings' in result && result.share).toMatchObject({ merged: 40, copied: 60 });
});

test('what a rule keeps of an expert is not left out', () => {
  const keeps = [
    {
      id: 'k',
      filter: { kind: 'name', name: 'model.norm.weight' },
      from: { kind: 'model', model: 'little' },
    },
  ] as const;
  const { share } = planned(recipeOf(base, [little], { keeps }), [base, little]);
  expect(share).toMatchObject({ merged: 30, copied: 70, leftOut: 60 });
});
