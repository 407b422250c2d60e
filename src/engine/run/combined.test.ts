/** Every combination type of PEFT, of both its ways to scale, against what the real ones made: `combined.py`. */
import { describe, expect, test } from 'vitest';
import { combinationTypes } from '../../methods/combination.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { Profile, Recipe } from '../../recipe/recipe.ts';
import { adapterRun, type MadeAdapter } from '../../testing/adapter-run.ts';
import golden from '../../testing/goldens/combined.json';

type Tensor = { readonly shape: readonly number[]; readonly values: readonly number[] };
type Answer = { readonly expected: Readonly<Record<string, Tensor>> } | { readonly error: string };
type Case = {
  readonly set: keyof typeof golden.sets;
  readonly type: string;
  readonly weights: readonly number[];
  readonly election?: 'frequency';
  readonly rank?: number;
  readonly answers: Readonly<Partial<Record<'both' | '0.20' | '0.21', Answer>>>;
};
const cases = golden.cases as unknown as readonly Case[];
const profiles = [
  ['0.20', 'peft 0.20'],
  ['0.21', 'peft 0.21'],
] as const;

function asked(one: Case, profile: Profile): Partial<Recipe> {
  const { method, combine } = combinationTypes.get(one.type)!;
  return {
    method: method.id,
    dialect: 'peft',
    arithmetic: one.election ? { election: one.election } : {},
    adapters: { profile, combine, clamp: null },
    output: {
      ...{ ...emptyRecipe().output, dtype: 'F32', as: 'adapter' },
      rank: one.rank ? { kind: 'rank', rank: one.rank, convolutions: null } : null,
    },
  };
}

function valuesOf({ type, weights }: Case): readonly Recipe['values'][] {
  const hasDensity = 'density' in combinationTypes.get(type)!.method.params.perModel;
  return weights.map((weight) => ({ weight, ...(hasDensity ? { density: golden.density } : {}) }));
}

const setOf = (name: keyof typeof golden.sets) =>
  golden.sets[name] as unknown as Readonly<Record<string, MadeAdapter>>;

/** ‖found − expected‖ / ‖expected‖, over all modules. */
function relative(
  found: ReadonlyMap<string, readonly number[]>,
  expected: Readonly<Record<string, Tensor>>,
): number {
  expect([...found.keys()].sort()).toEqual(Object.keys(expected).sort());
  let [off, all] = [0, 0];
  for (const [module, { values }] of Object.entries(expected)) {
    expect(found.get(module)).toHaveLength(values.length);
    for (const [i, value] of values.entries()) {
      off += (found.get(module)![i] - value) ** 2;
      all += value ** 2;
    }
  }
  return Math.sqrt(off / all);
}

test('the goldens are of both versions and of every type', () => {
  expect(golden.versions).toEqual({
    '0.20': expect.stringContaining('peft 0.20.0'),
    '0.21': expect.stringContaining('peft 0.21.2'),
  });
  expect([...combinationTypes.keys()].sort()).toEqual(
    [...new Set(cases.map(({ type }) => type))].sort(),
  );
});

describe.each(profiles)('as PEFT %s', (version, profile) => {
  test.each(cases.map((one) => [nameOf(one), one] as const))('%s', async (_, one) => {
    const answer = one.answers.both ?? one.answers[version]!;
    const merge = adapterRun(setOf(one.set), asked(one, profile), valuesOf(one));
    if ('error' in answer) {
      await expect(merge).rejects.toThrow('merging factors takes one rank for all');
      return;
    }
    expect(relative((await merge).updates, answer.expected)).toBeLessThan(1e-5);
  });
});

describe('as sd-scripts', () => {
  type Script = Pick<Case, 'set' | 'weights'> & {
    readonly combine: 'factors' | 'ranks';
    readonly expected: Readonly<Record<string, Tensor>>;
  };
  test.each(golden.sdScripts as unknown as readonly Script[])(
    '$set: $combine, $weights',
    async ({ set, combine, weights, expected }) => {
      const recipe = asked({ set, weights, type: 'svd', answers: {} }, 'sd-scripts');
      const merge = await adapterRun(
        setOf(set),
        { ...recipe, adapters: { ...recipe.adapters!, combine } },
        weights.map((weight) => ({ weight })),
      );
      expect(relative(merge.updates, expected)).toBeLessThan(1e-5);
    },
  );
});

function nameOf({ set, type, weights, election, rank }: Case): string {
  const more = [election, rank && `rank ${rank}`].filter(Boolean).join(', ');
  return `${set}: ${type}, weights ${weights.join(' ')}${more && `, ${more}`}`;
}
