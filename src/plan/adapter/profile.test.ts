import { describe, expect, test } from 'vitest';
import type { Model } from '../../formats/model.ts';
import type { Update } from '../../formats/update.ts';
import type { AdapterOptions, Recipe } from '../../recipe/recipe.ts';
import { headerModel } from '../../testing/model.ts';
import { adapterOf, rising } from '../../testing/pairing.ts';
import { findingOf, findingsOf, planned, recipeOf, withValues } from '../../testing/planning.ts';

const one = (more: Partial<Update> = {}) => rising('layers.0.q', [3, 2], 1, more);
function model(id: string, update: Update, config: Readonly<Record<string, unknown>> = {}): Model {
  return { ...headerModel(id, {}), adapter: adapterOf([update], { config }) };
}
const output = { ...recipeOf(null, []).output, as: 'adapter' } as const;

type Asked = Partial<AdapterOptions> & { readonly recipe?: Partial<Recipe> };
function asked(models: readonly Model[], { recipe, ...adapters }: Asked, weights = [1, 1]): Recipe {
  const plain = recipeOf(null, models, { dialect: 'peft', output, ...recipe });
  const made = { ...plain, adapters: { ...plain.adapters, ...adapters } };
  return withValues(made, ...weights.map((weight) => ({ weight })));
}
const two = [model('a', one({ scale: 2, alpha: 2 })), model('b', one())];

const codes = (models: readonly Model[], what: Asked, weights?: number[]) =>
  findingsOf(asked(models, what, weights), models).map(({ code }) => code);

describe('what another tool does to a merge is said of this one', () => {
  test('a scale that counts twice', () => {
    const what = { profile: 'peft 0.20', combine: 'updates' } as const;
    expect(findingOf(asked(two, what), two, 'profile-scaled-twice')).toMatchObject({
      severity: 'warning',
      message:
        'a has the scale 2 (alpha / r): PEFT up to 0.20 applies it twice in its svd types, so that the update is 4 · B·A, not 2 · B·A.',
      place: { model: 'a' },
      fixes: [{ kind: 'set-adapters', value: { profile: 'corrected' } }],
    });
    expect(codes(two, { ...what, profile: 'peft 0.21' })).toEqual([]);
    expect(codes(two, { ...what, combine: 'ranks' })).toEqual([]);
  });

  test('a ratio that is squared, in factors and in ranks', () => {
    const what = { profile: 'sd-scripts' } as const;
    const of = (combine: 'factors' | 'ranks') =>
      findingsOf(asked(two, { ...what, combine }, [0.5, -1]), two)
        .filter(({ code }) => code === 'profile-squared')
        .map(({ message }) => message.split(' in sd-scripts')[0]);
    expect(of('factors')).toEqual(['The weight 0.5 of a acts as 0.25']);
    expect(of('ranks')).toEqual([
      'The weight 0.5 of a acts as 0.125',
      'The weight -1 of b acts as -0.5',
    ]);
  });

  test('cross terms, where two adapters change a weight', () => {
    const what = { profile: 'peft 0.21', combine: 'factors' } as const;
    expect(codes(two, what)).toEqual(['profile-cross-terms']);
    const apart = [two[0], model('b', rising('layers.1.q', [3, 2]))];
    expect(codes(apart, what)).toEqual([]);
  });

  test('rsLoRA of the first adapter, which PEFT copies', () => {
    const rooted = [model('a', one(), { r: 4, use_rslora: true }), model('b', one(), { r: 4 })];
    const what = { profile: 'peft 0.21', combine: 'updates' } as const;
    expect(findingOf(asked(rooted, what), rooted, 'profile-rslora').message).toContain(
      'the merge counts 2 times, the root of its rank',
    );
    expect(codes([...rooted].reverse(), what)).toEqual([]);
  });

  test('a single adapter, which PEFT takes as it is', () => {
    const what = { profile: 'peft 0.20', combine: 'updates', recipe: { method: 'ties' } } as const;
    const recipe = asked(two.slice(0, 1), what, [-1.3]);
    expect(findingOf(recipe, two, 'profile-alone').severity).toBe('note');
    const [{ parts }] = planned(recipe, two).jobs;
    expect(parts[0]).toMatchObject({ how: 'concatenated', weights: [-1.3] });
  });

  test('the clamp of svd_merge_lora, and its rank', () => {
    const what = { profile: 'sd-scripts', combine: 'updates' } as const;
    expect(codes(two, what)).toEqual(['profile-clamp']);
    const [{ parts }] = planned(asked(two, what, [0.5, 1]), two).jobs;
    expect(parts[0]).toMatchObject({ clamp: 0.99, balance: 'b', weights: [0.5, 1], rank: 2 });
  });
});

describe('what another tool cannot do is refused, and the corrected profile offered', () => {
  const refused = (models: readonly Model[], what: Asked, code: string, weights?: number[]) => {
    const finding = findingOf(asked(models, what, weights), models, code);
    expect(finding).toMatchObject({ severity: 'error' });
    expect(finding.fixes).toContainEqual({
      ...{ kind: 'set-adapters', label: 'Use the corrected profile' },
      value: { profile: 'corrected' },
    });
    return finding.message;
  };

  test('factors of two ranks', () => {
    const ranks = [model('a', one(), { r: 1 }), model('b', one(), { r: 4 })];
    const what = { profile: 'peft 0.20', combine: 'factors' } as const;
    expect(refused(ranks, what, 'profile-ranks')).toBe(
      'PEFT ≤ 0.20: merging factors takes one rank for all, and there are a 1, b 4: PEFT raises “All adapters must have the same r value”.',
    );
  });

  test('a merge that the tool does not have', () => {
    const what = { profile: 'peft 0.21', combine: 'ranks', recipe: { method: 'ties' } } as const;
    expect(refused(two, what, 'profile-method')).toBe(
      'PEFT ≥ 0.21: it has no TIES of ranks side by side.',
    );
    const scripts = { ...what, profile: 'sd-scripts', combine: 'updates' } as const;
    expect(refused(two, scripts, 'profile-method')).toContain('it has no TIES of updates');
  });

  test('values and choices that no call of it says', () => {
    const recipe = { method: 'ties', dialect: 'paper', values: { lambda: 0.5 } } as const;
    const what = { profile: 'peft 0.21', combine: 'updates', recipe } as const;
    expect(refused(two, what, 'profile-beyond')).toBe(
      'PEFT ≥ 0.21: no call of it says this: “Election sees” is “weighted task vectors”, PEFT’s “task vectors without weights”; “A vote of zero” is “drops the element”, PEFT’s “counts as plus”; “Agreeing values are” is “divided by their weights”, PEFT’s “divided by their count”; “Tiny tensors” is “keep one element”, PEFT’s “keep nothing”; λ is 0.5, PEFT’s is 1.',
    );
  });

  test('updates of another kind than two factors', () => {
    const full: Update = {
      ...one(),
      ...{ type: 'full difference', rank: null, alpha: null },
      matrix: { kind: 'stored', input: 0, dtype: 'F32', rows: 3, columns: 2, transposed: false },
    };
    const models = [model('a', full), two[1]];
    const what = { profile: 'peft 0.20', combine: 'updates' } as const;
    expect(refused(models, what, 'profile-products')).toContain(
      'a has full difference in 1 module',
    );
  });

  test('whole weights beside updates, which it would drop', () => {
    const base = headerModel('base', { 'layers.0.q.weight': ['F32', [3, 2]] });
    const whole = headerModel('whole', { 'layers.0.q.weight': ['F32', [3, 2]] });
    const recipe = { ...asked([two[0], whole], { profile: 'peft 0.21', combine: 'updates' }) };
    const { fixes, message } = findingOf(
      { ...recipe, base: recipeOf(base, []).base },
      [base, two[0], whole],
      'profile-whole',
    );
    expect(message).toContain('it merges plain updates only');
    expect(fixes).toEqual([expect.objectContaining({ value: { profile: 'corrected' } })]);
  });

  test('svd types of convolutions along one axis or three', () => {
    const along = (...kernel: readonly number[]) => {
      const wide = kernel.reduce((size, each) => size * each, 2);
      const update = rising('layers.0.q', [3, wide]);
      const [left, right] = update.inputs;
      const inputs = [left, { ...right, shape: [1, 2, ...kernel] }];
      return ['a', 'b'].map((id) => model(id, { ...update, inputs }));
    };
    const what = { profile: 'peft 0.21', combine: 'updates' } as const;
    expect(refused(along(3), what, 'profile-kernels')).toContain('its svd types fail on Conv1d');
    expect(refused(along(3, 1, 1), what, 'profile-kernels')).toContain('layers.0.q.weight');
    expect(codes(along(3, 3), what)).toEqual([]);
    expect(codes(along(3), { ...what, combine: 'ranks' })).toEqual([]);
  });

  test('a model as the output', () => {
    const base = headerModel('base', { 'layers.0.q.weight': ['F32', [3, 2]] });
    const all = [base, ...two];
    const recipe: Recipe = {
      ...recipeOf(base, two, {
        adapters: { profile: 'sd-scripts', combine: 'ranks', clamp: null },
      }),
    };
    const { fixes } = findingOf(recipe, all, 'profile-of-model');
    expect(fixes?.map(({ kind }) => kind)).toEqual(['set-output-as', 'set-adapters']);
  });
});

test('the corrected profile says nothing, whatever it is told of factors', () => {
  expect(codes(two, { profile: 'corrected', combine: 'factors' })).toEqual([]);
  const [{ parts }] = planned(asked(two, { combine: 'factors' }, [0.5, 2]), two).jobs;
  expect(parts[0]).toMatchObject({ how: 'concatenated', weights: [0.5, 2], balance: 'even' });
});
