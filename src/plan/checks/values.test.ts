import { expect, test } from 'vitest';
import { emptyRecipe } from '../../recipe/defaults.ts';
import { headerModel } from '../../testing/model.ts';
import { findingOf, findingsOf, planned, recipeOf, withValues } from '../../testing/planning.ts';

const tensors = { 'model.norm.weight': ['F32', [100]] } as const;
const [base, math, code] = ['base', 'math', 'code'].map((id) => headerModel(id, tensors));
const all = [base, math, code];

test('a weight that is NaN names the model and the parameter', () => {
  const recipe = withValues(recipeOf(base, [math, code]), {}, { weight: Number.NaN });
  expect(findingOf(recipe, all, 'value-misfit')).toMatchObject({
    severity: 'error',
    place: { model: 'code', parameter: 'weight' },
    message: 'code: weight must be a finite number, found NaN.',
  });
});

test('a negative density lies outside its limits', () => {
  const recipe = withValues(recipeOf(base, [math], { method: 'ties' }), { density: -0.1 });
  const finding = findingOf(recipe, all, 'value-misfit');
  expect(finding.message).toBe('math: density must be a number from 0, found -0.1.');
});

test('values far from what is usual are taken, each with a note', () => {
  const values = { lambda: -25 };
  const recipe = recipeOf(base, [math, code], { method: 'ties', dialect: 'mergekit', values });
  const far = withValues(recipe, { weight: 250, density: 0.5 }, { density: 1.5 });
  const { findings, jobs } = planned(far, all);
  const notes = findings.filter((finding) => finding.code === 'value-unusual');
  expect(notes.map(({ severity, message }) => [severity, message])).toEqual([
    ['note', 'TIES: λ is -25, outside the usual -10 to 10.'],
    ['note', 'math: weight is 250, outside the usual -100 to 100.'],
    ['note', 'code: density is 1.5, outside the usual 0 to 1.'],
  ]);
  expect(notes[2].advice).toBe('Above 1 everything is kept, as at 1.');
  expect(jobs[0].parts).toMatchObject([
    { global: { lambda: -25 }, perModel: [{ weight: 250 }, { density: 1.5 }] },
  ]);
});

test('a global value that does not fit offers the default', () => {
  const recipe = recipeOf(base, [math], { method: 'ties', values: { lambda: 1e39 } });
  expect(findingOf(recipe, all, 'value-misfit')).toMatchObject({
    place: { parameter: 'lambda' },
    message: 'TIES: λ must be a number that an f32 can hold, found 1e+39.',
    fixes: [{ kind: 'set-value', key: 'lambda', value: 1 }],
  });
});

test('values that the method does not know have no effect and no finding', () => {
  const recipe = recipeOf(base, [math], { values: { seed: -1 } });
  expect(findingsOf(withValues(recipe, { density: 7 }), all)).toEqual([]);
});

test.each([
  ['', 'The output has no name.'],
  ['a/b', 'The output name “a/b” cannot be a folder name.'],
  ['..', 'The output name “..” cannot be a folder name.'],
])('the name %j is refused', (name, message) => {
  const output = { ...emptyRecipe().output, name } as const;
  const finding = findingOf(recipeOf(base, [math], { output }), all, 'output-name');
  expect(finding).toMatchObject({ severity: 'error', message });
});

test('shards of nothing are refused', () => {
  const output = { ...emptyRecipe().output, shardBytes: 0 } as const;
  const finding = findingOf(recipeOf(base, [math], { output }), all, 'shard-size');
  expect(finding.message).toBe('Shards of 0 bytes cannot hold anything.');
});
