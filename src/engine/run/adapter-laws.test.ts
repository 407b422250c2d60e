import { describe, expect, test } from 'vitest';
import { combinationTypes } from '../../methods/combination.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { adapterRun, type MadeAdapter } from '../../testing/adapter-run.ts';

/** Numbers without a pattern, between −1 and 1. */
const some = (count: number, seed: number) =>
  Array.from({ length: count }, (_, i) => Math.fround(Math.sin(1 + 37 * i + 101 * seed)));

/** One module of 4 × 5. */
function adapter(rank: number, alpha: number, seed: number, turn = 0): MadeAdapter {
  const [a, b] = [some(5 * rank, seed), some(4 * rank, seed + 0.5)];
  // Turns the first two of the inner directions: A → R·A, B → B·Rᵀ.
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const mix = (x: number, y: number) => [cos * x - sin * y, sin * x + cos * y];
  for (let j = 0; j < 5; j++) [a[j], a[5 + j]] = mix(a[j], a[5 + j]);
  for (let i = 0; i < 4; i++) [b[i * rank], b[i * rank + 1]] = mix(b[i * rank], b[i * rank + 1]);
  return {
    config: { peft_type: 'LORA', r: rank, lora_alpha: alpha },
    tensors: {
      'base_model.model.q.lora_A.weight': { shape: [rank, 5], values: a },
      'base_model.model.q.lora_B.weight': { shape: [4, rank], values: b },
    },
  };
}

function updateOf({ config, tensors }: MadeAdapter): number[] {
  const [a, b] = Object.values(tensors).map(({ values }) => values);
  const { r, lora_alpha: alpha } = config as { r: number; lora_alpha: number };
  return Array.from({ length: 20 }, (_, n) => {
    const [i, j] = [Math.floor(n / 5), n % 5];
    let sum = 0;
    for (let k = 0; k < r; k++) sum += b[i * r + k] * a[k * 5 + j];
    return (alpha / r) * sum;
  });
}

async function merged(
  adapters: Readonly<Record<string, MadeAdapter>>,
  recipe: Partial<Recipe>,
  rank: number | null,
  values: readonly Recipe['values'][],
) {
  const rule = rank === null ? null : ({ kind: 'rank', rank, convolutions: null } as const);
  const output = { ...emptyRecipe().output, dtype: 'F32', as: 'adapter', rank: rule } as const;
  const { updates } = await adapterRun(adapters, { dialect: 'peft', ...recipe, output }, values);
  return updates.get('q')!;
}

function expectNear(found: readonly number[], expected: readonly number[]) {
  const off = Math.hypot(...found.map((value, i) => value - expected[i]));
  expect(off / Math.hypot(...expected)).toBeLessThan(1e-5);
}

const types = [...combinationTypes].filter(([, { combine }]) => combine !== 'factors');
const valuesFor = (type: string, density: number) => {
  const { method } = combinationTypes.get(type)!;
  return 'density' in method.params.perModel ? { density } : {};
};

describe('corrected', () => {
  test.each(types)('one adapter at weight 1 is that adapter: %s', async (type, { method }) => {
    const one = adapter(2, 6, 1);
    const values = [{ weight: 1, ...valuesFor(type, 1) }];
    expectNear(await merged({ one }, { method: method.id }, null, values), updateOf(one));
  });

  test.each(types)(
    'turning an adapter’s inner basis changes nothing: %s',
    async (type, { method }) => {
      const values = [0.5, -1.5].map((weight) => ({ weight, ...valuesFor(type, 0.5) }));
      const of = (turn: number) =>
        merged(
          { a: adapter(2, 6, 1, turn), b: adapter(3, 3, 2) },
          { method: method.id },
          ...([4, values] as const),
        );
      expectNear(await of(1.1), await of(0));
    },
  );

  test('an exact sum and one cut to the ranks together are one', async () => {
    const two = { a: adapter(2, 6, 1), b: adapter(2, 3, 2) };
    const values = [{ weight: 0.5 }, { weight: -1.5 }];
    const exact = await merged(two, { method: 'task_arithmetic' }, null, values);
    expectNear(await merged(two, { method: 'task_arithmetic' }, 4, values), exact);
    const [a, b] = [updateOf(two.a), updateOf(two.b)];
    expectNear(
      exact,
      a.map((value, i) => 0.5 * value - 1.5 * b[i]),
    );
  });

  test('turning an inner basis does change what PEFT makes of factors', async () => {
    const values = [{ weight: 0.5 }, { weight: 1.5 }];
    const adapters = { profile: 'peft 0.21', combine: 'factors', clamp: null } as const;
    const of = (turn: number) =>
      merged(
        { a: adapter(2, 6, 1, turn), b: adapter(2, 3, 2) },
        { method: 'task_arithmetic', adapters },
        ...([null, values] as const),
      );
    const [plain, turned] = [await of(0), await of(1.1)];
    expect(Math.hypot(...plain.map((value, i) => value - turned[i]))).toBeGreaterThan(0.1);
  });
});

test('svd_clamp bounds both factors by a quantile of all their values, as PEFT does', async () => {
  const clamp = (q: number | null) =>
    merged(
      { a: adapter(2, 6, 1), b: adapter(3, 3, 2) },
      {
        method: 'task_arithmetic',
        adapters: { profile: 'corrected', combine: 'updates', clamp: q },
      },
      ...([2, [{ weight: 1 }, { weight: 1 }]] as const),
    );
  const [free, cut] = [await clamp(null), await clamp(0.5)];
  expect(Math.hypot(...cut)).toBeLessThan(0.8 * Math.hypot(...free));
});
