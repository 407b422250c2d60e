import { describe, expect, test } from 'vitest';
import { isRepoName } from '../hub/address.ts';
import { fullRecipe, modelRef } from '../testing/recipes.ts';
import { emptyRecipe } from './defaults.ts';
import { parseRecipe, parseRecipeText } from './parse.ts';
import { resultOf, stepsOf } from './series.ts';

const plain = { version: 1, method: 'ties', experts: [] };
const expert = (values: unknown) => ({ model: modelRef('math'), values });
const pin = { repo: 'org/math', commit: '0123456789'.repeat(4), weights: 'model.safetensors' };
const pinned = (over: Partial<typeof pin>) => ({
  ...modelRef('b'),
  origin: 'hub',
  hub: { ...pin, ...over },
});

test('a model of the Hub keeps its commit', () => {
  const parsed = parseRecipe({ ...plain, base: pinned({}) });
  expect('recipe' in parsed && parsed.recipe.base).toEqual(pinned({}));
});

test.each([
  ...[
    '../..',
    './..',
    'a/..',
    '../b',
    'a/.',
    '.a/b',
    'a./b',
    'a/b.',
    'a..b/c',
    'a/b--c',
    '-a/b',
    'a/b-',
  ],
  ...['a', 'a/b/c', 'a/', '/b', 'a b/c', 'a/b?x', 'a/b#x', `${'a'.repeat(97)}/b`, 'a%2f../b', ''],
])('a pin cannot lead to “%s”, which is no repo of the Hub', (repo) => {
  expect(isRepoName(repo)).toBe(false);
  expect(messages({ ...plain, base: pinned({ repo }) })[0]).toContain('expected owner/name');
});

test.each(['a/b', 'Org_1/Model-7B.v2', `${'a'.repeat(96)}/b`, '0/_'])(
  'a pin may name the repo %s',
  (repo) => {
    expect(isRepoName(repo)).toBe(true);
    expect(messages({ ...plain, base: pinned({ repo }) })).toEqual([]);
  },
);

function messages(input: unknown): readonly string[] {
  const parsed = parseRecipe(input);
  return 'findings' in parsed ? parsed.findings.map(({ message }) => message) : [];
}

test('a recipe that was written is read as it was', () => {
  expect(parseRecipe(JSON.parse(JSON.stringify(fullRecipe)))).toEqual({ recipe: fullRecipe });
  expect(parseRecipe(emptyRecipe())).toEqual({ recipe: emptyRecipe() });
});

test('a recipe from before namings has the names of its first adapter', () => {
  const output = { name: 'x', dtype: 'F16', shardBytes: null, as: 'adapter', rank: 8 };
  const parsed = parseRecipe({ ...plain, output });
  expect(parsed).toMatchObject({ recipe: { output: { naming: 'as the first adapter' } } });
});

test('what is absent takes its default', () => {
  expect(parseRecipe(plain)).toEqual({ recipe: { ...emptyRecipe(), method: 'ties' } });
});

test.each([
  [null, 'the recipe: found null, expected an object.'],
  ['ties', 'the recipe: found "ties", expected an object.'],
  [[], 'the recipe: found [], expected an object.'],
])('%j is no recipe', (input, message) => {
  expect(messages(input)).toContain(message);
});

test.each([
  [{ output: { naming: 'comfy' } }, /^output\.naming: found "comfy", expected one of as the first/],
  [{ methd: 'ties' }, /^methd: a key that is not known here, expected one of version, method/],
  [{ version: 0 }, /^version: found 0, expected a number from 1 to 2\.$/],
  [{ method: 'alchemy' }, /^method: found "alchemy", expected one of task_arithmetic, /],
  [{ method: 5 }, /^method: found 5, expected a text\.$/],
  [
    { dialect: 'french' },
    /^dialect: found "french", expected one of paper, peft, mergekit, mergekit 0\.1\.4, mergekit 0\.0\.6\.$/,
  ],
  [{ arithmetic: { zeroVote: 'minus' } }, /^arithmetic\.zeroVote: found "minus", expected .*drop/],
  [{ arithmetic: { vote: 'plus' } }, /^arithmetic\.vote: a key that is not known here/],
  [{ experts: {} }, /^experts: found \{\}, expected a list\.$/],
  [{ base: { ...modelRef('b'), bytes: -1 } }, /^base\.bytes: found -1, expected a whole number/],
  [{ base: { ...modelRef('b'), origin: 'web' } }, /^base\.origin: found "web", expected one of/],
  [
    { base: pinned({ repo: '../../etc' }) },
    /^base\.hub\.repo: found "\.\.\/\.\.\/etc", expected owner/,
  ],
  [
    { base: pinned({ commit: 'main' }) },
    /^base\.hub\.commit: found "main", expected a commit of 40/,
  ],
  [
    { experts: [expert({ weight: '1' })] },
    /^experts\[0\]\.values\.weight: weight must be a finite/,
  ],
  [
    { experts: [expert({ weight: null })] },
    /values\.weight: weight must be a finite number, found n/,
  ],
  [
    { experts: [expert({ density: -2 })] },
    /^experts\[0\]\.values\.density: density must be a number from 0, found -2\.$/,
  ],
  [{ experts: [expert({ colour: 2 })] }, /^experts\[0\]\.values\.colour: a key that is not known/],
  [
    { values: { lambda: 1e39 } },
    /^values\.lambda: λ must be a number that an f32 can hold, found 1e\+39\.$/,
  ],
  [{ inputDtype: 'F8' }, /^inputDtype: found "F8", expected one of stored, F32, F16, BF16\.$/],
  [{ rules: [7] }, /^rules\[0\]: found 7, expected an object\.$/],
  [{ vocabulary: 'drop' }, /^vocabulary: found "drop", expected one of keep base rows, refuse\.$/],
  [
    { vocabulary: { tokens: 'all' } },
    /^vocabulary\.tokens: found "all", expected one of union, base/,
  ],
  [{ vocabulary: { tokens: 'base', padTo: 0 } }, /^vocabulary\.padTo: found 0, expected a whole/],
  [
    { vocabulary: { tokens: 'base', rows: [{ token: 'x', from: { kind: 'mean' } }] } },
    /^vocabulary\.rows\[0\]\.from\.kind: found "mean", expected one of zeros, model, token/,
  ],
  [
    { vocabulary: { tokens: 'base', rows: [{ token: 'x', from: { kind: 'zeros', model: 'a' } }] } },
    /^vocabulary\.rows\[0\]\.from\.model: a key that is not known here/,
  ],
  [
    { vocabulary: { tokens: { model: 'a' }, row: [] } },
    /^vocabulary\.row: a key that is not known/,
  ],
  [{ chatTemplate: 'auto' }, /^chatTemplate: found "auto", expected one of most common\.$/],
  [
    { chatTemplate: { text: 1 } },
    /^chatTemplate\.text: found 1, expected a text of at most 100,000/,
  ],
  [{ trimScope: 'layer' }, /^trimScope: found "layer", expected one of tensor, model\.$/],
  [{ output: { dtype: 'F8' } }, /^output\.dtype: found "F8", expected one of base, F32, F16, BF16/],
  [{ adapters: { profile: 'peft' } }, /^adapters\.profile: found "peft", expected .*peft 0\.20/],
  [{ adapters: { combine: 'sums' } }, /^adapters\.combine: found "sums", expected .*factors/],
  [{ adapters: { clamp: 1.5 } }, /^adapters\.clamp: found 1\.5, expected a number from 0 to 1/],
  [{ output: { shardBytes: 1.5 } }, /^output\.shardBytes: found 1\.5, expected a whole number/],
])('%j is named with place, found and expected', (change, message) => {
  expect(messages({ ...plain, ...change })).toContainEqual(expect.stringMatching(message));
});

test.each([
  [{ filter: { kind: 'regex', text: 'x' } }, /^rules\[0\]\.filter\.kind: found "regex"/],
  [{ filter: { kind: 'group', group: 'wings' } }, /^rules\[0\]\.filter\.group: found "wings"/],
  [{ value: [1, 'x'] }, /^rules\[0\]\.value\[1\]: found "x", expected a finite number/],
  [{ value: 'x' }, /^rules\[0\]\.value: found "x", expected a finite number/],
  [
    { filter: { kind: 'blocks' }, value: [1, 0, 1] },
    /^rules\[0\]\.value: found \[1,0,1\], expected a list of 12, 17, 20, 26 or 61 numbers, one/,
  ],
  [{ filter: { kind: 'blocks' }, value: 1 }, /^rules\[0\]\.value: found 1, expected a list/],
  [
    { filter: { kind: 'blocks' }, value: [...Array(11).fill(1), 'x'] },
    /^rules\[0\]\.value\[11\]: found "x", expected a finite number/,
  ],
  [{ model: 3 }, /^rules\[0\]\.model: found 3, expected a text/],
])('a rule with %j is named', (change, message) => {
  const rule = { ...fullRecipe.rules[1], ...change };
  expect(messages({ ...plain, rules: [rule] })).toEqual([expect.stringMatching(message)]);
});

test.each([
  [{ filter: { kind: 'blocks' } }, /^keeps\[0\]\.filter\.kind: found "blocks"/],
  [{ filter: { kind: 'regex' } }, /^keeps\[0\]\.filter\.kind: found "regex", .*misfit, task head/],
  [{ filter: { kind: 'misfit', of: 1 } }, /^keeps\[0\]\.filter\.of: a key that is not known/],
  [{ filter: null }, /^keeps\[0\]\.filter: found null, expected an object/],
  [{ from: { kind: 'head' } }, /^keeps\[0\]\.from\.kind: found "head", .*base, model, refuse/],
  [{ from: { kind: 'model' } }, /^keeps\[0\]\.from\.model: found nothing, expected a text/],
])('a keep with %j is named', (change, message) => {
  const keep = { id: 'k', filter: { kind: 'task head' }, from: { kind: 'base' }, ...change };
  expect(messages({ ...plain, keeps: [keep] })).toContainEqual(expect.stringMatching(message));
});

test('a rename lacks nothing, and donors are of known roles', () => {
  const renames = [{ id: 'r', model: 'a', from: 'x.*' }];
  expect(messages({ ...plain, renames, donors: { licence: 'a', config: 1 } })).toEqual([
    'renames[0].to: found nothing, expected a text.',
    'donors.licence: a key that is not known here, expected one of config, tokenizer, chatTemplate, generation.',
    'donors.config: found 1, expected a text.',
  ]);
});

test('all that is wrong is named at once', () => {
  expect(messages({ ...plain, dialect: 1, vocabulary: 1, extra: 1 })).toHaveLength(3);
});

test('names from Object.prototype are no keys', () => {
  const input = JSON.parse('{"version":1,"method":"ties","experts":[],"values":{"toString":1}}');
  expect(messages(input)).toEqual([expect.stringContaining('values.toString: a key that is not')]);
  expect(messages({ ...plain, method: 'constructor' })).toHaveLength(1);
});

test('a later version is refused in words, and nothing else is said', () => {
  expect(parseRecipe({ version: 3, anything: [] })).toMatchObject({
    findings: [
      {
        severity: 'error',
        code: 'recipe-version',
        message: 'The recipe is in format 3; this Amalgam reads formats up to 2.',
      },
    ],
  });
});

test('text that is not JSON is a finding', () => {
  expect(parseRecipeText('{"version":1')).toMatchObject({
    findings: [{ code: 'recipe-unreadable', message: expect.stringContaining('is not JSON') }],
  });
});

test('the rank of an adapter is a rule; a number alone, as in older recipes, is one rank for all', () => {
  const rankOf = (rank: unknown) => {
    const parsed = parseRecipe({ ...plain, output: { as: 'adapter', rank } });
    return 'recipe' in parsed ? parsed.recipe.output.rank : parsed.findings[0].message;
  };
  expect(rankOf(8)).toEqual({ kind: 'rank', rank: 8, convolutions: null });
  expect(rankOf(null)).toBeNull();
  for (const rule of [
    { kind: 'rank', rank: 8, convolutions: 4 },
    { kind: 'energy', share: 0.95, most: 64 },
    { kind: 'sv_cumulative', share: 1, most: 64 },
    { kind: 'sv_fro', share: 0.9, most: 1 },
    { kind: 'sv_ratio', ratio: 20, most: 64 },
  ]) {
    expect(rankOf(rule)).toEqual(rule);
  }
  expect(rankOf(0)).toContain('output.rank: found 0, expected a whole number from 1');
  expect(rankOf({ kind: 'energy', share: 0, most: 4 })).toContain('output.rank.share: found 0');
  expect(rankOf({ kind: 'energy', share: 1.5, most: 4 })).toContain('output.rank.share: found 1.5');
  expect(rankOf({ kind: 'energy', share: 0.5 })).toContain('output.rank.most: found nothing');
  expect(rankOf({ kind: 'sv_ratio', ratio: -1, most: 4 })).toContain('output.rank.ratio: found -1');
  expect(rankOf({ kind: 'magic' })).toContain('output.rank.kind: found "magic"');
});

test('what is extracted is a list of known parts, and older recipes have the default', () => {
  const parsed = parseRecipe(plain);
  expect('recipe' in parsed && parsed.recipe.extraction).toEqual(emptyRecipe().extraction);
  const extraction = { parts: ['mlp'], rest: 'write all' };
  const read = parseRecipe({ ...plain, extraction });
  expect('recipe' in read && read.recipe.extraction).toEqual(extraction);
  expect(messages({ ...plain, extraction: { parts: ['magic'] } })[0]).toContain(
    'extraction.parts[0]: found "magic"',
  );
  expect(messages({ ...plain, extraction: { rest: 'yes' } })[0]).toContain('extraction.rest');
});

describe('Formats', () => {
  test('a recipe of format 1, which knew no series, is one by itself', () => {
    expect(parseRecipe(plain)).toMatchObject({
      recipe: { version: 2, method: 'ties', series: null },
    });
  });

  const step = (name: string | null, takes: readonly string[] = []) => {
    const experts = takes.map((result) => ({ model: resultOf(result), values: {} }));
    return { name, recipe: { ...plain, version: 2, experts } };
  };
  const within = (series: object, takes: readonly string[] = []) => ({
    ...step(null, takes).recipe,
    series,
  });

  test('a series has the recipes before and after the one in place', () => {
    const series = { name: 'b', before: [step('a')], after: [step(null, ['a', 'b'])] };
    const parsed = parseRecipe(within(series, ['a']));
    expect('recipe' in parsed && stepsOf(parsed.recipe)).toMatchObject([
      { name: 'a', recipe: { output: { name: 'merged-model' } } },
      { name: 'b', recipe: { experts: [{ model: { id: 'result-a' } }] } },
      { name: null, recipe: { series: null } },
    ]);
  });

  test.each([
    [{ name: null, before: [], after: [] }, ['a'], /a is taken as the result of an earlier recipe/],
    [{ name: 'a', before: [step('a')], after: [] }, [], /two recipes are called a/],
    [{ name: null, before: [step(null)], after: [] }, [], /recipe 1 has no name/],
    [{ name: 'a', before: [], after: [{ ...step('b'), more: 1 }] }, [], /after\[0\]\.more: a key/],
    [
      { name: 'a', before: [{ name: 'b', recipe: within({}) }], after: [] },
      [],
      /before\[0\]\.recipe\.series: found .* a step has no series of its own/,
    ],
  ])('%j, which takes %j, is refused', (series, takes, message) => {
    expect(messages(within(series, takes))).toContainEqual(expect.stringMatching(message));
  });
});
