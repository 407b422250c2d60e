import { expect, test } from 'vitest';
import { memorySource } from '../../testing/memory-source.ts';
import { bf16, f32, i64, modelFile, type TestTensor } from '../../testing/model-file.ts';
import { statsAt } from '../../views/changes.ts';
import type { Difference } from '../../views/difference.ts';
import { Library } from '../library/library.ts';
import { Viewer } from './viewer.ts';

type Tensors = Readonly<Record<string, TestTensor>>;

/** The second model beside the first. */
async function differs(
  first: Tensors,
  second: Tensors,
  tensor: string | null = null,
  isFar = false,
) {
  const library = new Library();
  const open = (id: string, tensors: Tensors) => {
    const source = memorySource('model.safetensors', modelFile(tensors));
    return library.open(id, id, [
      isFar ? { ...source, ahead: 2 ** 20, isRemote: true as const } : source,
    ]);
  };
  const models = [await open('one', first), await open('two', second)] as const;
  const viewer = new Viewer(library, () => null);
  const { signal } = new AbortController();
  return {
    look: (fetches = false) => viewer.difference(...models, { tensor, fetches }, signal),
  };
}

async function found(...of: Parameters<typeof differs>): Promise<Difference> {
  const answer = await (await differs(...of)).look();
  if ('toFetch' in answer) throw new Error('it would be fetched');
  return answer;
}

const q = 'model.layers.0.self_attn.q_proj.weight';
const up = 'model.layers.1.mlp.up_proj.weight';
const head = 'lm_head.weight';

test('two models are compared tensor by tensor where names and shapes agree, without any recipe', async () => {
  const { whole, groups, layers, tensors, elements, sampled, names } = await found(
    { [q]: f32([2], [3, 4]), [up]: f32([2], [1, 2]) },
    { [q]: f32([2], [4, 3]), [up]: f32([2], [1, 2]) },
  );
  expect([names, elements, sampled]).toEqual([['one', 'two'], 4, 4]);
  // (1, −1) beside (3, 4); 24 of 25.
  expect(groups[0]).toMatchObject({
    ...{ name: 'attention', norm: Math.sqrt(2), overBase: Math.sqrt(2) / 5, nonZero: 1 },
    cosine: expect.closeTo(24 / 25, 12),
  });
  expect(layers.map(({ name, norm }) => [name, norm])).toEqual([
    ['0', Math.sqrt(2)],
    ['1', 0],
  ]);
  expect(whole).toMatchObject({ nonZero: 0.5, cosine: expect.closeTo(29 / 30, 12) });
  expect([...tensors.cosines]).toEqual([expect.closeTo(24 / 25, 12), expect.closeTo(1, 12)]);
  expect(statsAt(tensors, 1, 0, 0)).toMatchObject({ most: 1, mean: 1, norm: Math.sqrt(2) });
});

test('it lists what only one has, what does not fit, other dtypes, equal tensors and whole numbers', async () => {
  const { lists, tensors } = await found(
    {
      ...{ [q]: f32([2], [1, 2]), [up]: bf16([2], [1, 2]), [head]: f32([2, 1], [1, 2]) },
      ...{ old: f32([1], [1]), steps: i64([2], [7, 8]), marks: i64([1], [1]) },
    },
    {
      ...{ [q]: f32([2], [1, 2]), [up]: f32([2], [1, 3]), [head]: f32([3, 1], [1, 2, 3]) },
      ...{ fresh: f32([1], [1]), steps: i64([2], [7, 9]), marks: i64([1], [1]) },
    },
  );
  expect(lists).toEqual({
    onlyFirst: ['old'],
    onlySecond: ['fresh'],
    otherShape: [{ tensor: head, first: '[2, 1]', second: '[3, 1]' }],
    otherDtype: [{ tensor: up, first: 'BF16', second: 'F32' }],
    equal: [q],
    equalInSample: [],
    notFloats: [
      { tensor: 'marks', isEqual: true },
      { tensor: 'steps', isEqual: false },
    ],
  });
  expect([...tensors.names].sort()).toEqual([q, up].sort());
});

test('NaN is like itself, and no change is counted of it', async () => {
  const { lists, whole } = await found(
    { w: f32([3], [Number.NaN, 0, 1]), v: f32([1], [Number.NaN]) },
    { w: f32([3], [Number.NaN, -0, 1]), v: f32([1], [2]) },
  );
  expect(lists.equal).toEqual(['w']);
  expect(whole.norm).toBe(0);
});

test('one tensor that is asked for is told by itself', async () => {
  const one = { [q]: f32([2], [0, 0]), [up]: f32([2], [0, 0]) };
  const other = { [q]: f32([2], [1, 0]), [up]: f32([2], [8, 8]) };
  const { magnitudes } = await found(one, other, q);
  expect([magnitudes.tensor?.name, magnitudes.tensor?.of.most, magnitudes.model.most]).toEqual([
    q,
    1,
    8,
  ]);
});

test('models with nothing in common are told so, and models far away are not read unasked', async () => {
  const none = await found({ a: f32([1], [1]) }, { b: f32([1], [1]) });
  expect([none.tensors.names, none.whole.cosine, none.lists.onlyFirst]).toEqual([[], null, ['a']]);
  const { look } = await differs({ w: f32([4], [1]) }, { w: f32([4], [2]) }, null, true);
  expect(await look()).toEqual({ toFetch: 32 });
  expect(await look(true)).toMatchObject({ whole: { nonZero: 1 } });
});

test('of large models a sample is looked at, and equal means equal there', async () => {
  const size = 3 * 2 ** 20;
  const w = f32([size], [1]);
  const { lists, sampled, elements } = await found({ w }, { w });
  expect(sampled).toBeLessThan(size);
  expect(elements).toBeCloseTo(size, 0);
  expect([lists.equal, lists.equalInSample]).toEqual([[], ['w']]);
});
