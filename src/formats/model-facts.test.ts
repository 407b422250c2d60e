import { expect, test } from 'vitest';
import { headerModel } from '../testing/model.ts';
import { factsOf } from './model-facts.ts';

test('facts count tensors and elements and leave the tensors out', () => {
  const facts = factsOf(headerModel('m', { a: ['F32', [2, 3]], b: ['BF16', [4]] }));
  expect(facts).toMatchObject({ id: 'm', tensorCount: 2, elements: 10 });
  expect(facts).not.toHaveProperty('tensors');
});

test.each([
  [{ a: ['BF16', [18]], b: ['F32', [1]] }, 'BF16'],
  [{ a: ['BF16', [16]], b: ['F32', [2]] }, 'BF16 + F32'],
  [{}, 'no tensors'],
] as const)('the dtype of %j is %s: the one most bytes have', (tensors, expected) => {
  expect(factsOf(headerModel('m', tensors)).dtype).toBe(expected);
});
