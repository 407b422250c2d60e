import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { mergeTensor } from '../../testing/merge-tensor.ts';
import method from './index.ts';

const backend = definitionBackend();
const models = [
  [1, 2, -0.5, 0.125, 0],
  [3, 0, 0.5, 0, 0],
];
const merged = async (global: object, blockSize = 5) => [
  ...(await mergeTensor(backend, {
    ...{ method, models, base: [0, 0, 0, 1, 2], global: { epsilon: 0.25, ...global } },
    blockSize,
  })),
];

test('shared changes are averaged, and those of one model grow by how much it shares', async () => {
  // Changes over ε. Elements 0 and 2: both. Element 1: only the first. Element 3: −0.875 and −1, both.
  // Element 4: −2 and −2. The first shares 4 and has 1 of its own: ρ 4, the second has none.
  // r 0.5, α 10: λ = 1 + 0.5 · 4 = 3.
  expect(await merged({ r: 0.5, alpha: 10 })).toEqual([2, 6, 0, 0.0625, 0]);
});

test('the ratio counts up to α, and r 0 is RAM', async () => {
  expect(await merged({ r: 0.5, alpha: 1 })).toEqual([2, 3, 0, 0.0625, 0]);
  expect(await merged({ r: 0, alpha: 10 })).toEqual([2, 2, 0, 0.0625, 0]);
});

test('what is counted is the whole tensor, whatever its blocks', async () => {
  expect(await merged({ r: 0.5, alpha: 10 }, 1)).toEqual([2, 6, 0, 0.0625, 0]);
});

test('a model that changes nothing leaves the others theirs, where ε is 0, too', async () => {
  const alone = {
    method,
    models: [
      [1, -2],
      [0, 0],
    ],
    base: [0, 0],
  };
  expect([...(await mergeTensor(backend, { ...alone, global: { epsilon: 0 } }))]).toEqual([1, -2]);
});
