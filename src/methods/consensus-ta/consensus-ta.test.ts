import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { mergeTensor } from '../../testing/merge-tensor.ts';
import method from './index.ts';

const backend = definitionBackend();
const models = [
  [1, 1, 4, 0],
  [1, 0, -1, 0],
  [1, 0, 0.5, 0],
];
const merged = async (global: object) => [
  ...(await mergeTensor(backend, {
    method,
    models,
    base: [0, 0, 0, 0],
    global: { lambda: 1, ...global },
  })),
];

test('an element matters to a model where its change is large against what the others add to it', async () => {
  // λₜ 0.5. Element 0: |1| ≥ 0.5·2 for all three. Element 1: only the first, since others change nothing there but
  // |0| < 0.5·1. Element 2: sum 3.5; |4| ≥ 0.25 yes, |−1| ≥ 2.25 no, |0.5| ≥ 1.5 no. Element 3: zeros matter to all.
  expect(await merged({ tall: 0.5, agreement: 2 })).toEqual([3, 0, 0, 0]);
  expect(await merged({ tall: 0.5, agreement: 1 })).toEqual([3, 1, 3.5, 0]);
});

test('what must matter to all three stays at the base where it matters to two', async () => {
  // λₜ 0.2: |−1| ≥ 0.2·4.5 and |4| ≥ 0.2·0.5, but |0.5| < 0.2·3.
  expect(await merged({ tall: 0.2, agreement: 2 })).toEqual([3, 0, 3.5, 0]);
  expect(await merged({ tall: 0.2, agreement: 3 })).toEqual([3, 0, 0, 0]);
});

test('the sum is scaled by λ', async () => {
  expect(await merged({ tall: 0.5, agreement: 0, lambda: 0.5 })).toEqual([1.5, 0.5, 1.75, 0]);
});
