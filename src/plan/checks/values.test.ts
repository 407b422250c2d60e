import { expect, test } from 'vitest';
import { headerModel } from '../../testing/model.ts';
import { findingOf, findingsOf, recipeOf, withValues } from '../../testing/planning.ts';

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

test.each([-0.1, 1.1])('density %d lies outside its limits', (density) => {
  const recipe = withValues(recipeOf(base, [math], { method: 'ties' }), { density });
  const finding = findingOf(recipe, all, 'value-misfit');
  expect(finding.message).toBe(`math: density must lie between 0 and 1, found ${density}.`);
});

test('a global value that does not fit offers the default', () => {
  const recipe = recipeOf(base, [math], { method: 'ties', values: { lambda: 1000 } });
  expect(findingOf(recipe, all, 'value-misfit')).toMatchObject({
    place: { parameter: 'lambda' },
    message: 'TIES: λ must lie between -10 and 10, found 1000.',
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
  const output = { name, dtype: 'base', shardBytes: null } as const;
  const finding = findingOf(recipeOf(base, [math], { output }), all, 'output-name');
  expect(finding).toMatchObject({ severity: 'error', message });
});

test('shards of nothing are refused', () => {
  const output = { name: 'x', dtype: 'base', shardBytes: 0 } as const;
  const finding = findingOf(recipeOf(base, [math], { output }), all, 'shard-size');
  expect(finding.message).toBe('Shards of 0 bytes cannot hold anything.');
});
