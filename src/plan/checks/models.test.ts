import { expect, test } from 'vitest';
import { headerModel, refTo } from '../../testing/model.ts';
import { findingOf, findingsOf, recipeOf } from '../../testing/planning.ts';

const tensors = { 'model.norm.weight': ['F32', [4]] } as const;
const base = headerModel('base', tensors);
const math = headerModel('math', tensors);
const code = headerModel('code', tensors);
const poet = headerModel('poet', tensors);
const all = [base, math, code, poet];

test('no experts is an error', () => {
  expect(findingOf(recipeOf(base, []), all, 'no-experts')).toMatchObject({
    severity: 'error',
    advice: expect.stringContaining('Drop a fine-tuned model'),
  });
});

test('SLERP with three models says how many it takes and how many there are', () => {
  const recipe = recipeOf(null, [math, code, poet], { method: 'slerp' });
  expect(findingOf(recipe, all, 'arity')).toMatchObject({
    severity: 'error',
    message: 'SLERP merges exactly 2 models; the recipe has 3.',
    advice: 'Remove 1 model, or choose another method.',
    fixes: [{ kind: 'set-method', value: 'linear' }],
  });
});

test('SLERP with one model asks for another', () => {
  const finding = findingOf(recipeOf(null, [math], { method: 'slerp' }), all, 'arity');
  expect(finding.message).toBe('SLERP merges exactly 2 models; the recipe has 1.');
  expect(finding.advice).toBe('Add 1 model.');
});

test('TIES without a base is an error that offers a method without', () => {
  const finding = findingOf(recipeOf(null, [math, code], { method: 'ties' }), all, 'no-base');
  expect(finding.severity).toBe('error');
  expect(finding.message).toContain('TIES needs the base');
  expect(finding.fixes).toMatchObject([{ kind: 'set-method', value: 'linear' }]);
});

test('SLERP needs a base only when it turns task vectors', () => {
  const weights = recipeOf(null, [math, code], { method: 'slerp' });
  expect(findingsOf(weights, all)).toEqual([]);
  const finding = findingOf({ ...weights, values: { of: 'taskVectors' } }, all, 'no-base');
  expect(finding.fixes).toMatchObject([{ kind: 'set-value', key: 'of', value: 'weights' }]);
});

test('a base that the method does not use is noted', () => {
  const finding = findingOf(recipeOf(base, [math, code], { method: 'linear' }), all, 'base-unused');
  expect(finding).toMatchObject({
    severity: 'note',
    place: { model: 'base' },
    message:
      'Linear average does not use the base base; names, shapes and side files come from math.',
  });
});

test('the base among the experts is a warning, said once', () => {
  const recipe = recipeOf(base, [base, math]);
  expect(findingOf(recipe, all, 'base-is-expert')).toMatchObject({
    severity: 'warning',
    place: { model: 'base' },
    fixes: [{ kind: 'remove-expert', model: 'base' }],
  });
  expect(findingsOf(recipe, all).map((finding) => finding.code)).not.toContain('same-model-twice');
});

test('a model that is not open is an error with its name and size', () => {
  expect(findingOf(recipeOf(base, [math]), [base], 'model-missing')).toMatchObject({
    severity: 'error',
    place: { model: 'math' },
    message: 'The recipe names math (144 bytes), which is not open.',
    advice: expect.stringContaining('Drop its files'),
  });
});

test('a base that nobody uses need not be open', () => {
  const recipe = recipeOf(base, [math, code], { method: 'linear' });
  const codes = findingsOf(recipe, [math, code]).map((finding) => finding.code);
  expect(codes).toEqual(['base-unused']);
});

test('a model of another size than the recipe remembers is an error with both sizes', () => {
  const recipe = recipeOf(base, []);
  const experts = [{ model: { ...refTo(math), bytes: 1000 }, values: {} }];
  expect(findingOf({ ...recipe, experts }, all, 'model-differs')).toMatchObject({
    severity: 'error',
    place: { model: 'math' },
    message: 'math had 1,000 bytes of weights in the recipe; the model that is open has 144 bytes.',
  });
});

test('one model twice among the experts is a warning', () => {
  expect(findingOf(recipeOf(base, [math, math]), all, 'same-model-twice')).toMatchObject({
    severity: 'warning',
    place: { model: 'math' },
    message: 'math is in the recipe twice.',
  });
});

test('one file opened twice under two ids is recognised, and one of them can go', () => {
  const again = { ...math, id: 'math-2' };
  const finding = findingOf(recipeOf(base, [math, again]), [...all, again], 'same-model-twice');
  expect(finding.message).toContain('math and math look like the same files');
  expect(finding.fixes).toMatchObject([{ kind: 'remove-expert', model: 'math-2' }]);
});

test('two checkpoints of one name and layout are told apart by samples of their weights', () => {
  const again = { ...math, id: 'math-2', name: 'math (2)' };
  const codesWith = (...prints: readonly string[]) => {
    const { experts, ...recipe } = recipeOf(base, [math, again]);
    const noted = experts.map((expert, k) => {
      return { ...expert, model: { ...expert.model, fingerprint: prints[k] } };
    });
    return findingsOf({ ...recipe, experts: noted }, [...all, again]).map(({ code }) => code);
  };
  expect(codesWith('aa', 'bb')).toEqual([]);
  expect(codesWith('aa', 'aa')).toEqual(['same-model-twice']);
});

test('two fine-tunes with equal headers but other names are not the same file', () => {
  expect(findingsOf(recipeOf(base, [math, code]), all)).toEqual([]);
});
