import { expect, test } from 'vitest';
import type { Rule } from '../../recipe/recipe.ts';
import { headerModel } from '../../testing/model.ts';
import { findingOf, findingsOf, planned, recipeOf, withValues } from '../../testing/planning.ts';

const tensors = {
  'model.layers.0.mlp.up_proj.weight': ['F32', [10, 10]],
  'model.norm.weight': ['F32', [4]],
} as const;
const [base, math, code] = ['base', 'math', 'code'].map((id) => headerModel(id, tensors));
const all = [base, math, code];
const names = Object.keys(tensors);

const onNorms = (parameter: string, value: number, model: string | null = null): Rule => ({
  id: 'r',
  filter: { kind: 'group', group: 'norms' },
  parameter,
  model,
  value,
});

test('a merge of nothing is an error, not a copy of the base', () => {
  const ids = headerModel('ids', { 'model.ids': ['I64', [3]] });
  const other = { ...ids, id: 'other', name: 'other' };
  expect(findingOf(recipeOf(ids, [other]), [ids, other], 'nothing-merged')).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('would only copy ids'),
  });
});

test('weights that sum to zero under normalize are an error with the way out', () => {
  const recipe = withValues(
    recipeOf(null, [math, code], { method: 'linear' }),
    { weight: 1 },
    { weight: -1 },
  );
  expect(findingOf(recipe, all, 'zero-weight-sum')).toMatchObject({
    severity: 'error',
    place: { parameter: 'weight' },
    tensors: names,
    message: expect.stringContaining('The weights 1 + -1 sum to 0 on 2 tensors'),
    fixes: [{ kind: 'set-value', key: 'normalize', value: false }],
  });
  expect(findingsOf({ ...recipe, values: { normalize: false } }, all)).toEqual([]);
});

test('zeros under normalize are said once', () => {
  const zero = { weight: 0 };
  const recipe = withValues(recipeOf(null, [math, code], { method: 'linear' }), zero, zero);
  expect(findingsOf(recipe, all).map((finding) => finding.code)).toEqual(['zero-weight-sum']);
});

test('the sum is looked at on each tensor, after rules', () => {
  const rules = [onNorms('weight', -1, 'code')];
  const recipe = recipeOf(null, [math, code], { method: 'linear', rules });
  expect(findingOf(recipe, all, 'zero-weight-sum').tensors).toEqual(['model.norm.weight']);
});

test('rounding does not hide a sum of zero', () => {
  const [a, b, c] = [{ weight: 0.1 }, { weight: 0.2 }, { weight: -0.3 }];
  const experts = [math, code, { ...code, id: 'third', name: 'third' }];
  const recipe = recipeOf(base, experts, { values: { normalize: true } });
  const finding = findingOf(withValues(recipe, a, b, c), [...all, experts[2]], 'zero-weight-sum');
  expect(finding.message).toContain('0.1 + 0.2 + -0.3');
});

const mergekit = { dialect: 'mergekit', values: { normalize: true } } as const;

test.each(['task_arithmetic', 'dare_linear'])(
  'mergekit’s %s divides by 1 where the weights sum to zero, and the plan says so',
  (method) => {
    const recipe = recipeOf(base, [math, code], { method, ...mergekit });
    const opposed = withValues(recipe, { weight: 1 }, { weight: -1 });
    expect(findingOf(opposed, all, 'zero-weight-sum')).toMatchObject({
      severity: 'note',
      tensors: names,
      message: expect.stringContaining('normalize divides by 1 there, as mergekit does'),
    });
    expect(planned(opposed, all).jobs.length).toBe(2);
    const paper = findingOf({ ...opposed, dialect: 'paper' }, all, 'zero-weight-sum');
    expect(paper.severity).toBe('error');
  },
);

test('mergekit’s linear average still has nothing to divide by', () => {
  const recipe = recipeOf(null, [math, code], { method: 'linear', dialect: 'mergekit' });
  const opposed = withValues(recipe, { weight: 1 }, { weight: -1 });
  expect(findingOf(opposed, all, 'zero-weight-sum').severity).toBe('error');
});

test('weights that cancel only before they are rounded to BF16 are a warning with the factor', () => {
  const halves = { 'model.norm.weight': ['BF16', [4]] } as const;
  const models = ['base', 'a', 'b', 'c'].map((id) => headerModel(id, halves));
  const [zero, ...experts] = models;
  const weights = [0.1, 0.2, -0.3].map((weight) => ({ weight }));
  const recipe = withValues(recipeOf(zero, experts, mergekit), ...weights);
  // In BF16: 0.10009765625 + 0.2001953125 − 0.30078125, which is rounded once more.
  const finding = findingOf(recipe, models, 'small-weight-sum');
  expect(finding.severity).toBe('warning');
  expect(finding.message).toContain('their sum in BF16, -0.000488, and so multiplies by -2050.');
  // With f32 steps they cancel.
  const exact = { ...recipe, inputDtype: 'F32' } as const;
  expect(findingOf(exact, models, 'zero-weight-sum').severity).toBe('note');
});

test('all weights zero: the base stays, or without one the model breaks', () => {
  const zeros = [{ weight: 0 }, { weight: 0 }];
  const added = withValues(recipeOf(base, [math, code]), ...zeros);
  const finding = findingOf(added, all, 'all-weights-zero');
  expect(finding.severity).toBe('warning');
  expect(finding.message).toContain('Every weight is 0 on 2 tensors');
  expect(finding.message).toContain('they stay as in base');
  const sum = recipeOf(null, [math, code], { method: 'linear', values: { normalize: false } });
  const broken = findingOf(withValues(sum, ...zeros), all, 'all-weights-zero');
  expect(broken.message).toContain('become zero');
});

test('density 0 contributes nothing, density 1 trims nothing', () => {
  const recipe = recipeOf(base, [math, code], { method: 'ties' });
  const both = withValues(recipe, { density: 0 }, { density: 1 });
  expect(findingOf(both, all, 'density-zero')).toMatchObject({
    severity: 'warning',
    place: { model: 'math', parameter: 'density' },
    message: expect.stringContaining('math has density 0 on 2 tensors'),
  });
  expect(findingOf(both, all, 'density-one')).toMatchObject({
    severity: 'note',
    place: { model: 'code' },
    message: 'code has density 1 everywhere: nothing is trimmed.',
  });
});

test('density 1 on a part of the tensors is nothing to speak of, density 0 is', () => {
  const recipe = recipeOf(base, [math], { method: 'ties' });
  expect(findingsOf({ ...recipe, rules: [onNorms('density', 1)] }, all)).toEqual([]);
  const zero = findingOf({ ...recipe, rules: [onNorms('density', 0)] }, all, 'density-zero');
  expect(zero.tensors).toEqual(['model.norm.weight']);
});

test('DARE with drop rate 1 is an error: 1 / (1 − p) has no value', () => {
  const recipe = withValues(recipeOf(base, [math], { method: 'dare_linear' }), { density: 0 });
  expect(findingOf(recipe, all, 'drop-everything')).toMatchObject({
    severity: 'error',
    place: { model: 'math', parameter: 'density' },
    message: expect.stringContaining('p = 1'),
  });
});

test('mergekit’s DARE takes a density of 0, and the model is left out', () => {
  const recipe = recipeOf(base, [math], { method: 'dare_linear', dialect: 'mergekit' });
  const none = withValues(recipe, { density: 0 });
  expect(findingOf(none, all, 'density-zero')).toMatchObject({ severity: 'warning' });
  expect(planned(none, all).jobs.length).toBe(2);
});

test('a trim that keeps less than one element can be refused', () => {
  const arithmetic = { smallTrim: 'refuse' } as const;
  const recipe = recipeOf(base, [math], { method: 'ties', arithmetic });
  const low = withValues(recipe, { density: 0.2 });
  expect(findingOf(low, all, 'trim-too-small')).toMatchObject({
    severity: 'error',
    place: { model: 'math', tensor: 'model.norm.weight', parameter: 'density' },
    tensors: ['model.norm.weight'],
    message: expect.stringContaining('Density 0.2 of math keeps less than one of the 4 elements'),
    fixes: [{ kind: 'set-arithmetic', key: 'smallTrim', value: 'keep one' }],
  });
  expect(findingsOf(withValues(recipe, { density: 0.25 }), all)).toEqual([]);
  expect(findingsOf({ ...low, arithmetic: { smallTrim: 'keep one' } }, all)).toEqual([]);
  expect(findingsOf({ ...low, trimScope: 'model' }, all)).toEqual([]);
});

test('mergekit up to 0.1.4 stops at a density that keeps nothing, also of 0', () => {
  const recipe = recipeOf(base, [math], { method: 'ties', dialect: 'mergekit 0.1.4' });
  for (const density of [0, 0.2]) {
    expect(findingOf(withValues(recipe, { density }), all, 'trim-too-small').severity).toBe(
      'error',
    );
  }
  const now = { ...withValues(recipe, { density: 0.2 }), dialect: 'mergekit' } as const;
  expect(findingsOf(now, all)).toEqual([]);
});

test.each([-0.5, 1.5])('SLERP with t = %d runs on beyond the models', (t) => {
  const recipe = recipeOf(null, [math, code], { method: 'slerp', values: { t } });
  expect(findingOf(recipe, all, 'slerp-outside')).toMatchObject({
    severity: 'warning',
    place: { parameter: 't' },
    message: expect.stringContaining(`t is ${t} on 2 tensors`),
  });
});

test.each([0, 0.5, 1])('SLERP with t = %d lies between them', (t) => {
  const recipe = recipeOf(null, [math, code], { method: 'slerp', values: { t } });
  expect(findingsOf(recipe, all)).toEqual([]);
});

test('a whole-model trim counts what each expert keeps of all it takes part in', () => {
  const lacking = headerModel('lacking', { 'model.norm.weight': ['F32', [4]] });
  const recipe = recipeOf(base, [math, lacking, code], { method: 'ties', trimScope: 'model' });
  const values = [{ density: 0.2 }, { density: 0.1 }, { density: 1 }];
  const { wholeModelCounts } = planned(withValues(recipe, ...values), [...all, lacking]);
  // trunc(0.2 · 104), at least one of 4, all 104.
  expect(wholeModelCounts).toEqual([20, 1, 104]);
});

test('a trim per tensor has no whole-model counts', () => {
  expect(planned(recipeOf(base, [math], { method: 'ties' }), all).wholeModelCounts).toBeNull();
});

test('methods that do not trim have no whole-model counts', () => {
  const of = (method: string) =>
    planned(recipeOf(base, [math], { method, trimScope: 'model' }), all).wholeModelCounts;
  expect(of('dare_ties')).toBeNull();
  expect(of('task_arithmetic')).toBeNull();
  expect(of('magnitude_prune')).toEqual([20]);
});
