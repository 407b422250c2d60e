import { expect, test } from 'vitest';
import type { Rule } from '../../recipe/recipe.ts';
import { headerModel } from '../../testing/model.ts';
import { findingOf, findingsOf, recipeOf } from '../../testing/planning.ts';

const tensors = {
  'model.layers.0.mlp.up_proj.weight': ['F32', [10]],
  'model.layers.1.mlp.up_proj.weight': ['F32', [10]],
  'model.norm.weight': ['F32', [10]],
} as const;
const [base, math] = ['base', 'math'].map((id) => headerModel(id, tensors));
const all = [base, math];

const rule = (change: Partial<Rule>): Rule => ({
  id: 'r',
  filter: { kind: 'contains', text: 'up_proj' },
  parameter: 'weight',
  model: null,
  value: 0.5,
  ...change,
});
const check = (change: Partial<Rule>, code: string, method = 'ties') =>
  findingOf(recipeOf(base, [math], { method, rules: [rule(change)] }), all, code);

test('a rule that applies is nothing to speak of', () => {
  expect(findingsOf(recipeOf(base, [math], { rules: [rule({})] }), all)).toEqual([]);
});

test.each([
  ['colour', 'The rule on names with “up_proj” sets colour, which is not a parameter of TIES'],
  ['normalize', 'sets normalize, which is not a number'],
])('a rule on %s does nothing', (parameter, message) => {
  const method = parameter === 'normalize' ? 'task_arithmetic' : 'ties';
  expect(check({ parameter }, 'rule-unknown-parameter', method)).toMatchObject({
    severity: 'warning',
    place: { parameter },
    message: expect.stringContaining(message),
    fixes: [{ kind: 'remove-rule', rule: 'r' }],
  });
});

test('every anchor of a gradient must fit', () => {
  const finding = check({ parameter: 'density', value: [0.5, -2] }, 'rule-misfit');
  expect(finding.severity).toBe('error');
  expect(finding.message).toContain('density must be a number from 0, found -2');
});

test('an anchor beyond what is usual is taken, and remarked upon', () => {
  const finding = check({ parameter: 'density', value: [0.5, 2] }, 'value-unusual');
  expect(finding).toMatchObject({ severity: 'note', place: { parameter: 'density' } });
  expect(finding.message).toContain('density is 2, outside the usual 0 to 1.');
});

test('a gradient needs anchors', () => {
  expect(check({ value: [] }, 'rule-misfit').message).toContain('gradient without anchors');
});

test('a rule for a model that is gone, or for one model on a value of all, does nothing', () => {
  const gone = check({ model: 'poet' }, 'rule-unknown-model');
  expect(gone.message).toContain('not among the experts');
  expect(gone.fixes).toEqual([{ kind: 'remove-rule', label: 'Remove the rule', rule: 'r' }]);
  const finding = check({ model: 'math', parameter: 'lambda' }, 'rule-unknown-model');
  expect(finding.message).toContain('lambda holds for all');
});

test('a rule that matches no tensor is a warning that shows the filter', () => {
  const filter = { kind: 'contains', text: 'Up_proj' } as const;
  expect(check({ filter }, 'rule-matches-nothing')).toMatchObject({
    severity: 'warning',
    message: 'The rule on names with “Up_proj” matches no merged tensor: it does nothing.',
    fixes: [{ kind: 'remove-rule', rule: 'r' }],
  });
});

test('a gradient outside the layers matches nothing', () => {
  const filter = { kind: 'group', group: 'norms' } as const;
  const finding = check({ filter, value: [0, 1] }, 'rule-matches-nothing');
  expect(finding.message).toContain('a gradient needs layers');
});

test('block weights on a model without such blocks do nothing, and it is said', () => {
  const finding = check(
    { filter: { kind: 'blocks' }, value: Array(17).fill(0) },
    'rule-matches-nothing',
  );
  expect(finding).toMatchObject({
    severity: 'warning',
    message:
      'The rule on blocks matches no merged tensor: none lies in one of these 17 blocks: it does nothing.',
    advice: expect.stringContaining('Stable Diffusion and Flux'),
    fixes: [{ kind: 'remove-rule', rule: 'r' }],
  });
});

test('rules on density are ignored when one threshold holds for the whole model', () => {
  const rules = [rule({ parameter: 'density' })];
  const recipe = recipeOf(base, [math], { method: 'ties', trimScope: 'model', rules });
  expect(findingOf(recipe, all, 'rule-density-ignored').severity).toBe('warning');
  const perTensor = findingsOf({ ...recipe, trimScope: 'tensor' }, all);
  expect(perTensor).toEqual([]);
});
