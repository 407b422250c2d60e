import { expect, test } from 'vitest';
import { type HeaderTensor, headerModel } from '../../testing/model.ts';
import { findingOf, findingsOf, planned, recipeOf } from '../../testing/planning.ts';

const layers = {
  'model.layers.0.mlp.up_proj.weight': ['F32', [4, 2]],
  'model.layers.1.mlp.up_proj.weight': ['F32', [4, 2]],
  'model.norm.weight': ['F32', [2]],
} as const;
const base = headerModel('base', layers);

function check(tensors: Readonly<Record<string, HeaderTensor>>, code: string) {
  const expert = headerModel('expert', tensors);
  return findingOf(recipeOf(base, [expert]), [base, expert], code);
}

test('equal headers are nothing to speak of', () => {
  const expert = headerModel('expert', layers);
  expect(findingsOf(recipeOf(base, [expert]), [base, expert])).toEqual([]);
});

test('a tensor that an expert lacks is a warning with its name', () => {
  const { 'model.norm.weight': _, ...rest } = layers;
  expect(check(rest, 'missing-tensor')).toMatchObject({
    severity: 'warning',
    place: { model: 'expert', tensor: 'model.norm.weight' },
    tensors: ['model.norm.weight'],
    message:
      'expert lacks 1 tensor of base: model.norm.weight; there the output has what base has.',
  });
});

test('many missing tensors are one finding', () => {
  const finding = check({ 'model.norm.weight': ['F32', [2]] }, 'missing-tensor');
  expect(finding.tensors).toHaveLength(2);
  expect(finding.place).toEqual({ model: 'expert' });
  expect(finding.message).toContain('expert lacks 2 tensors of base');
});

test('a tensor that the base lacks is left out, with a warning', () => {
  expect(check({ ...layers, 'extra.weight': ['F32', [9]] }, 'extra-tensor')).toMatchObject({
    severity: 'warning',
    place: { model: 'expert', tensor: 'extra.weight' },
    message: 'expert has 1 tensor that base lacks: extra.weight; left out of the output.',
  });
});

test('no name in common stops the merge and shows names of both sides', () => {
  const expert = headerModel('expert', { 'transformer.h.0.weight': ['F32', [4, 2]] });
  const recipe = recipeOf(base, [expert]);
  const finding = findingOf(recipe, [base, expert], 'no-common-tensors');
  expect(finding).toMatchObject({ severity: 'error', place: { model: 'expert' } });
  expect(finding.message).toContain('it has transformer.h.0.weight; expected model.layers.0');
  const codes = findingsOf(recipe, [base, expert]).map(({ code }) => code);
  expect(codes).toEqual(['no-common-tensors']);
});

test('another shape is an error with both shapes', () => {
  const finding = check({ ...layers, 'model.norm.weight': ['F32', [3]] }, 'shape-mismatch');
  expect(finding).toMatchObject({
    severity: 'error',
    place: { model: 'expert', tensor: 'model.norm.weight' },
    message: 'model.norm.weight has shape [3] in expert; base has [2].',
  });
});

test('many shapes that differ are one finding that lists them', () => {
  const wide = {
    'model.layers.0.mlp.up_proj.weight': ['F32', [8, 2]],
    'model.layers.1.mlp.up_proj.weight': ['F32', [8, 2]],
    'model.norm.weight': ['F32', [2]],
  } as const;
  const finding = check(wide, 'shape-mismatch');
  expect(finding.tensors).toHaveLength(2);
  expect(finding.message).toContain('[8, 2] in expert; base has [4, 2]');
  expect(finding.message).toContain('The same holds for model.layers.1.mlp.up_proj.weight.');
});

test('an integer where the base has a float is an error', () => {
  expect(check({ ...layers, 'model.norm.weight': ['I8', [2]] }, 'dtype-mismatch')).toMatchObject({
    severity: 'error',
    place: { model: 'expert', tensor: 'model.norm.weight' },
    message: expect.stringContaining('is I8 in expert and F32 in base'),
  });
});

test('integers are noted as copied, and doubted when shapes differ', () => {
  const ids = { ...layers, 'model.ids': ['I64', [5]] } as const;
  const [a, b] = [headerModel('a', ids), headerModel('b', ids)];
  expect(findingOf(recipeOf(a, [b]), [a, b], 'not-computed')).toMatchObject({
    severity: 'note',
    tensors: ['model.ids'],
    message: 'Copied from a, because not floats: 1 tensor of I64 (model.ids).',
  });
  const longer = headerModel('c', { ...layers, 'model.ids': ['I64', [6]] });
  expect(findingOf(recipeOf(a, [longer]), [a, longer], 'not-computed')).toMatchObject({
    severity: 'warning',
    place: { tensor: 'model.ids' },
  });
});

test('a tensor of 2³² elements cannot be merged, one element fewer can', () => {
  const huge = (columns: number) => ({ 'big.weight': ['F8_E4M3', [65536, columns]] }) as const;
  const [a, b] = [headerModel('a', huge(65536)), headerModel('b', huge(65536))];
  expect(findingOf(recipeOf(a, [b]), [a, b], 'too-large')).toMatchObject({
    severity: 'error',
    place: { tensor: 'big.weight' },
    message: expect.stringContaining('4,294,967,296 elements [65536, 65536]'),
  });
  const [c, d] = [headerModel('c', huge(65535)), headerModel('d', huge(65535))];
  expect(planned(recipeOf(c, [d]), [c, d]).jobs).toHaveLength(1);
});
