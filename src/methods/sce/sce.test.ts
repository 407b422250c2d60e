import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { mergeTensor } from '../../testing/merge-tensor.ts';
import method from './index.ts';

const backend = definitionBackend();
const base = [0, 0, 1, 0, 0];
const models = [
  [4, 1, 2, 0, 0.5],
  [-2, 1, 4, 0, 0.5],
];
const merged = async (global: Readonly<Record<string, unknown>>, more: object = {}) => [
  ...(await mergeTensor(backend, { method, models, base, global, ...more })),
];

test('who has changed more weighs more, and who is outvoted is left out', async () => {
  // Changes 4 1 1 0 ½ and −2 1 3 0 ½; squares add up to 18.25 and 14.25, of 32.5.
  // Element 0: 4 beats −2. 1 and 4: both agree. 2: 1 + (18.25 · 1 + 14.25 · 3) / 32.5.
  const [first, ...others] = await merged({ select_topk: 1 });
  expect([first, others[0], others[2], others[3]]).toEqual([4, 1, 0, 0.5]);
  expect(others[1]).toBeCloseTo(1 + (18.25 + 42.75) / 32.5, 6);
});

test('only the elements that vary most are merged, of those that vary', async () => {
  // Variances 9 0 1 0 0: two vary. Half of them is one, element 0; all of them are two, of five.
  expect(await merged({ select_topk: 0.5 })).toEqual([4, 0, 1, 0, 0]);
  // Squares of what is selected: 17 and 13 of 30.
  const most = await merged({ select_topk: 0.999_999_99 });
  expect(most[2]).toBeCloseTo(1 + (17 + 39) / 30, 6);
  expect([most[0], most[1], most[3], most[4]]).toEqual([4, 0, 0, 0]);
  expect(await merged({ select_topk: 0.5 }, { blockSize: 1 })).toEqual([4, 0, 1, 0, 0]);
});

test('of those that vary as much the first are taken', async () => {
  const pair = [
    [1, -1, 1, 3],
    [0, 0, 0, 3],
  ];
  const run = (select_topk: number) =>
    merged({ select_topk }, { models: pair, base: [0, 0, 0, 0], blockSize: 3 });
  expect(await run(0.7)).toEqual([1, -1, 0, 0]);
  expect(await run(0.4)).toEqual([1, 0, 0, 0]);
});

test('where nothing varies, or nothing is selected, the base stays', async () => {
  expect(await merged({ select_topk: 0.5 }, { models: [models[0], models[0]] })).toEqual(base);
  expect(await merged({ select_topk: 0.5 }, { models: [models[0]] })).toEqual(base);
  expect(await merged({ select_topk: 0.4 })).toEqual(base);
});

test('as mergekit has it all weigh the same where the changes are small', async () => {
  const small = [[1e-4], [3e-4]];
  const run = async (dialect: string) =>
    (await merged({}, { dialect, models: small, base: [0] }))[0];
  expect(await run('mergekit')).toBeCloseTo(2e-4, 10);
  // 1 : 9.
  expect(await run('paper')).toBeCloseTo(2.8e-4, 10);
});
