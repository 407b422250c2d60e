import { describe, expect, test } from 'vitest';
import { combinationTypes } from '../../methods/combination.ts';
import { modelRef } from '../../testing/recipes.ts';
import { emptyRecipe } from '../defaults.ts';
import { parseRecipe } from '../parse.ts';
import type { Recipe } from '../recipe.ts';
import { type PeftCall, readCall } from './read-call.ts';
import { recipeOfCall } from './recipe-of-call.ts';
import { writeCall } from './write-call.ts';

function called(text: string): PeftCall {
  const read = readCall(text);
  if ('call' in read) return read.call;
  throw new Error(read.problem);
}
function problem(text: string): string {
  const read = readCall(text);
  return 'problem' in read ? read.problem : `no problem in ${JSON.stringify(read.call)}`;
}

describe('a call is read', () => {
  test('by position and by name', () => {
    const found = called(
      `model.add_weighted_adapter(['a', "b"], (0.5, -1.5), "both", "ties_svd", 8, svd_clamp=.99, density=5e-1)`,
    );
    expect(found).toEqual({
      ...{ adapters: ['a', 'b'], weights: [0.5, -1.5], name: 'both', type: 'ties_svd' },
      ...{ rank: 8, clamp: 0.99, density: 0.5, election: 'total', idle: [] },
    });
  });

  test('with names that the text sets before, as PEFT’s own guide has it', () => {
    const text = `
adapters = ["norobots", "adcopy", "sql"]  # three
weights = [2.0, 1.0, 1_0]
adapter_name = "merge"
density = 0.2
model.add_weighted_adapter(adapters, weights, adapter_name, combination_type="ties", density=density)
model.set_adapter("merge")`;
    expect(called(text)).toMatchObject({
      ...{ adapters: ['norobots', 'adcopy', 'sql'], weights: [2, 1, 10], name: 'merge' },
      ...{ type: 'ties', density: 0.2 },
    });
  });

  test('over lines, with comments, None, a comma at the end, and texts with other quotes in them', () => {
    const text = `peft_model.base_model.add_weighted_adapter(  # not (this)
      adapters=["it's #1", 'b' 'c',],
      weights=[1, +2],
      adapter_name='x', svd_rank=None, svd_full_matrices=False,
      combination_type='cat',
    )`;
    expect(called(text)).toMatchObject({
      ...{ adapters: ["it's #1", 'bc'], weights: [1, 2], type: 'cat', rank: null },
      idle: ['svd_full_matrices'],
    });
  });

  test('without a type as svd, as PEFT has it, with svd_rank 0 as none', () => {
    expect(called('add_weighted_adapter(["a"], [1], "x", svd_rank=0)')).toMatchObject({
      ...{ type: 'svd', rank: null },
    });
  });
});

test.each([
  ['', 'There is no call of add_weighted_adapter(…) in the text (line 1, column 1).'],
  ['# add_weighted_adapter(["a"], [1], "x")', 'There is no call'],
  [
    'add_weighted_adapter(\n  names, [1], "x")',
    'names is a variable or a call, whose value is not in the text: write the value itself, or paste the line that sets it as well (line 2, column 3).',
  ],
  [
    'add_weighted_adapter(["a"], [1/3], "x")',
    '“/” stands where a comma or “]” should be (line 1, column 31).',
  ],
  ['add_weighted_adapter(["a"], [1], "x"', 'The text ends where a comma or “)” should be'],
  ['add_weighted_adapter(["a], [1], "x")', 'stands where a comma or “]” should be'],
  ['add_weighted_adapter("a", [1], "x")', 'adapters should be a list (line 1, column 22).'],
  ['add_weighted_adapter(["a"], ["1"], "x")', 'weights should be a number here'],
  ['add_weighted_adapter(["a"], [1], "x", typ="cat")', 'has no parameter typ'],
  ['add_weighted_adapter(["a"], [1], adapters=["b"])', 'adapters is given twice'],
  ['add_weighted_adapter(adapters=["a"], [1])', 'A value without a name after named ones'],
  ['add_weighted_adapter(["a"])', 'weights is missing'],
  ['add_weighted_adapter([], [], "x")', 'adapters is empty'],
  ['add_weighted_adapter(["a", "b"], [1], "x")', '2 adapters and 1 weights: PEFT would leave out'],
  ['add_weighted_adapter(["a", "a"], [1, 1], "x")', 'a is named twice'],
  ['add_weighted_adapter(["a"], [1], "x", "foosvd")', '“foosvd” is none of the types svd, linear'],
  ['add_weighted_adapter(["a"], [1], "x", "ties")', 'ties needs a density'],
  [
    'add_weighted_adapter(["a"], [1], "x", "ties", density=-1)',
    'density is -1, and should be a number from 0',
  ],
  [
    'add_weighted_adapter(["a"], [1], "x", svd_clamp=2)',
    'svd_clamp is 2, and should be a number from 0 to 1',
  ],
  [
    'add_weighted_adapter(["a"], [1], "x", svd_rank=1.5)',
    'svd_rank is 1.5, and should be a whole number',
  ],
  [
    'add_weighted_adapter(["a"], [1], "x", "ties", density=1, majority_sign_method="most")',
    'majority_sign_method is “most”',
  ],
  ['add_weighted_adapter(["a\\n"], [1], "x")', 'A text with a backslash'],
])('%s says why it cannot be read', (text, why) => {
  expect(problem(text)).toContain(why);
});

const adapter = (id: string, rank = 4) => ({ ref: { ...modelRef(id), name: `org/${id}` }, rank });
const two = [adapter('a'), adapter('b', 16)];

function made(text: string, profile: Recipe['adapters']['profile'], open = two) {
  const result = recipeOfCall(called(text), profile, open, emptyRecipe());
  if ('recipe' in result) return result;
  throw new Error(result.problem);
}

describe('a call becomes a recipe', () => {
  test('of each type, which is read again from a file and written as the same call', () => {
    const types = [...combinationTypes];
    expect(types).toHaveLength(11);
    for (const [type, { method, combine }] of types) {
      const density = 'density' in method.params.perModel ? ', density=0.3' : '';
      const rank = combine === 'updates' ? ', svd_rank=8, svd_clamp=0.9' : '';
      const text = `add_weighted_adapter(["b", "a"], [0.5, -2], "both", "${type}"${density}${rank})`;
      for (const profile of ['peft 0.20', 'peft 0.21'] as const) {
        const { recipe, remarks } = made(text, profile);
        expect(remarks).toEqual([]);
        expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual({ recipe });
        expect(recipe).toMatchObject({ method: method.id, adapters: { profile, combine } });
        const written = writeCall(recipe);
        expect('text' in written && called(written.text)).toEqual({
          ...called(text),
          adapters: ['org/b', 'org/a'],
        });
      }
    }
  });

  test('corrected: of updates, at the largest rank where the call cuts, else whole', () => {
    const sum = made('add_weighted_adapter(["a", "b"], [1, 2], "x")', 'corrected').recipe;
    expect(sum.output.rank).toEqual({ kind: 'rank', rank: 16, convolutions: null });
    const { recipe, remarks } = made(
      'add_weighted_adapter(["a", "b"], [1, 2], "x", "linear")',
      'corrected',
    );
    expect(recipe).toMatchObject({ adapters: { combine: 'updates' }, output: { rank: null } });
    expect(remarks.join()).toContain('no cross terms');
  });

  test('with adapters of other names by their order, saying so', () => {
    const text = 'add_weighted_adapter(["first", "second"], [1, 2], "x")';
    const { recipe, remarks } = made(text, 'peft 0.21');
    expect(recipe.experts.map(({ model, values }) => [model.id, values['weight']])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(remarks).toEqual(['By their order: “first” is org/a, “second” is org/b.']);
  });

  test('but not of more adapters than there are', () => {
    const call = called('add_weighted_adapter(["a", "b", "c"], [1, 2, 3], "x")');
    expect(recipeOfCall(call, 'corrected', two, emptyRecipe())).toEqual({
      problem: expect.stringContaining(
        'names “a”, “b”, “c”, and the adapters among the experts are org/a, org/b',
      ),
    });
  });
});

describe('a recipe becomes a call', () => {
  const base = (more: Partial<Recipe> = {}): Recipe => ({
    ...made('add_weighted_adapter(["a", "b"], [1, -0.5], "x", "cat")', 'corrected').recipe,
    ...more,
  });
  const beyond = (recipe: Recipe) => {
    const written = writeCall(recipe);
    return 'beyond' in written ? written.beyond : [];
  };

  test('in Python', () => {
    expect(writeCall(base())).toEqual({
      text: `model.add_weighted_adapter(
    adapters=["org/a", "org/b"],
    weights=[1.0, -0.5],
    adapter_name="x",
    combination_type="cat",
)
`,
      remarks: [],
    });
  });

  test('unless PEFT has no word for it', () => {
    const { output } = base();
    expect(beyond(base({ method: 'slerp' }))).toEqual(['PEFT has no SLERP']);
    expect(beyond(base({ method: 'ties', dialect: 'paper' }))).toContain(
      '“A vote of zero” is “drops the element”, PEFT’s “counts as plus”',
    );
    const unanimous = base({ method: 'ties', arithmetic: { election: 'unanimous' } });
    expect(beyond(unanimous)).toContain(
      '“Election by” is “unanimous, or nobody”, PEFT’s “total of values”',
    );
    expect(beyond(base({ method: 'ties' }))).toContain(
      'all ranks together are kept, and PEFT keeps the largest one: choose a rank',
    );
    expect(beyond(base({ values: { lambda: 0.5 } }))).toEqual(['λ is 0.5, PEFT’s is 1']);
    expect(beyond(base({ output: { ...output, as: 'model' } }))).toEqual(['a model is written']);
    const [first, second] = base().experts;
    const densities = [first, { ...second, values: { weight: 1, density: 0.9 } }];
    expect(beyond(base({ method: 'magnitude_prune', experts: densities })).join()).toContain(
      'each adapter has its own density',
    );
  });
});
