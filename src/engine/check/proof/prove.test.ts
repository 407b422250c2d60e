import { describe, expect, test } from 'vitest';
import { readHeader } from '../../../formats/safetensors/header.ts';
import type { FloatDtype } from '../../../numerics/dtype.ts';
import type { Plan } from '../../../plan/types.ts';
import { emptyRecipe } from '../../../recipe/defaults.ts';
import type { Recipe } from '../../../recipe/recipe.ts';
import { lora, baked as merged, q } from '../../../testing/baked.ts';
import { memorySource } from '../../../testing/memory-source.ts';
import { tensor } from '../../../testing/model-file.ts';
import { randomNumbers } from '../../../testing/samples.ts';
import { prove } from './prove.ts';

const random = randomNumbers(5);
const rough = (count: number, size = 1) =>
  Array.from({ length: count }, () => size * (random() - 0.5));
const stored = (dtype: FloatDtype, shape: readonly number[], values: readonly number[]) =>
  tensor(dtype, shape, values);
/** Two layers of 64 × 40, and two adapters of rank 4 and 2, the second on the first layer alone. */
const base = Object.fromEntries(
  [0, 1].map((n) => [`${q(n)}.weight`, stored('BF16', [64, 40], rough(64 * 40))]),
);
const pairOf = (rank: number) =>
  [
    stored('BF16', [64, rank], rough(64 * rank, 0.2)),
    stored('BF16', [rank, 40], rough(40 * rank, 0.2)),
  ] as const;
const adapters = [lora({ [q(0)]: pairOf(4), [q(1)]: pairOf(4) }), lora({ [q(0)]: pairOf(2) })];

describe('elements of what adapters change, computed once more', () => {
  test.each<[string, Partial<Recipe>, Recipe['values']]>([
    ['a weighted sum', { method: 'task_arithmetic', values: { lambda: 0.7 } }, { weight: 0.6 }],
    ['a mean', { method: 'linear' }, { weight: 0.3 }],
    ['TIES', { method: 'ties', values: { lambda: 1.1 } }, { density: 0.4 }],
    ['TIES as PEFT does it', { method: 'ties', dialect: 'peft' }, { density: 0.5 }],
    ['TIES as mergekit does it', { method: 'ties', dialect: 'mergekit' }, { density: 0.5 }],
    ['a trim over the model', { method: 'ties', trimScope: 'model' }, { density: 0.3 }],
    ['DARE', { method: 'dare_linear', values: { seed: 7 } }, { density: 0.5 }],
    ['DARE-TIES', { method: 'dare_ties' }, { density: 0.5 }],
    ['magnitude prune', { method: 'magnitude_prune' }, { density: 0.5 }],
    ['SLERP of two, and of one alone', { method: 'slerp' }, {}],
    ['rounded inputs', { method: 'linear', inputDtype: 'BF16' }, {}],
    ['F16 out', { output: { ...emptyRecipe().output, dtype: 'F16' } }, {}],
    ['F32 out', { output: { ...emptyRecipe().output, dtype: 'F32' } }, {}],
  ])('%s: all are equal, bit for bit', async (_, recipe, values) => {
    const { result } = await merged(base, adapters, recipe, values);
    expect(result.verify.problems).toEqual([]);
    expect(result.verify.proof).toMatchObject({ tensors: 2, elements: 2 * 4 * 32, near: 0 });
  });

  test('without adapters there is nothing to prove', async () => {
    const half = Object.fromEntries(
      Object.entries(base).map(([name, { shape }]) => [name, stored('BF16', shape, [0.5])]),
    );
    const library = { tensors: half, config: undefined as never };
    const { result } = await merged(base, [library], { method: 'linear' });
    expect(result.verify.proof).toBeNull();
  });

  /** As the run called it, but what was written has one byte of an element turned. */
  async function provenWith(turned: number, backend: 'cpu' | 'webgpu') {
    const { plan: made, library, sink, result } = await merged(base, adapters);
    const bytes = sink.files.get('model.safetensors')!.slice();
    const [first] = (await readHeader(memorySource('m', bytes))).tensors;
    bytes[first.begin + turned] ^= 1;
    return prove(made, {
      ...{ sources: library, budget: 2 ** 28, signal: new AbortController().signal },
      craft: { method: made.method, arithmetic: made.arithmetic, magnitudes: null },
      written: async () => memorySource('model.safetensors', bytes),
      reports: result.tensors.map((report) => ({ ...report, backend })),
      accounts: (made as Plan).jobs.map(() => ({ likewise: false, coefficients: [] })),
    });
  }

  test('one that is another is named, with its place, what was found and what was expected', async () => {
    const lowest = await provenWith(2 * 41, 'cpu'); // not among the places
    expect(lowest?.difference).toBeNull();
    const second = await provenWith(2, 'cpu');
    expect(second?.difference).toMatch(
      /^model\.layers\.0\.self_attn\.q_proj\.weight, element \[0, 1\]: found -?0\.\d+, expected -?0\.\d+ \(BF16\)$/,
    );
    const last = await provenWith(2 * (64 * 40 - 1) + 1, 'cpu');
    expect(last?.difference).toContain('element [63, 39]');
  });

  test('of what a GPU made, a last digit may differ, and no more', async () => {
    expect(await provenWith(2, 'webgpu')).toMatchObject({ difference: null, near: 1 });
    expect((await provenWith(3, 'webgpu'))?.difference).toContain('element [0, 1]');
  });
});

describe('what rounding leaves of a change', () => {
  /** A base of ones, to which row i of B · [1, 1, …] adds b[i]. */
  const ones = (
    b: readonly number[],
    dtype: FloatDtype = 'BF16',
    out: 'base' | 'F16' | 'F32' = 'base',
  ) =>
    merged(
      { [`${q(0)}.weight`]: stored(dtype, [b.length, 8], [1]) },
      [lora({ [q(0)]: [stored('F32', [b.length, 1], b), stored('F32', [1, 8], [1])] })],
      { output: { ...emptyRecipe().output, dtype: out }, values: { lambda: 1 } },
      { weight: 1 },
    ).then(({ result }) => result.verify.proof!.survival!);

  test('in BF16 a thousandth on ones is lost, and F16 and F32 would keep it', async () => {
    // Above 1 BF16 has steps of 1/128, F16 of 1/1024.
    const { all, others, tensors } = await ones([1 / 1000, 1 / 1000]);
    expect(all).toEqual({ elements: 0, change: 0 });
    expect(tensors).toEqual([{ tensor: `${q(0)}.weight`, elements: 0, change: 0 }]);
    const [f16, f32] = others;
    expect([f16.dtype, f16.elements, f32.dtype, f32.elements]).toEqual(['F16', 1, 'F32', 1]);
    expect(f16.change).toBeCloseTo(1000 / 1024, 3);
    expect(f32.change).toBeCloseTo(1, 3);
  });

  test('of two rows the larger one stays: half of the elements, 64/65 of the change', async () => {
    const { all } = await ones([1 / 128, 1 / 1024]);
    expect(all.elements).toBe(0.5);
    expect(all.change).toBeCloseTo(64 / 65, 12);
  });

  test('a change that is rounded up counts as more than it was', async () => {
    const { all } = await ones([3 / 512]); // three quarters of a step
    expect(all).toEqual({ elements: 1, change: 4 / 3 });
  });

  test('elements that nothing is added to do not count', async () => {
    const { all } = await ones([0, 0, 0, 1 / 64]);
    expect(all).toEqual({ elements: 1, change: 1 });
  });

  test('a base in F32 is compared as it would be stored', async () => {
    const { all } = await ones([1 / 1000], 'F32', 'F16');
    expect(all.change).toBeCloseTo(1000 / 1024, 3);
    expect((await ones([1 / 1000], 'F32')).all.change).toBeCloseTo(1, 3);
  });
});
