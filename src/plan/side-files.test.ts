import { expect, test } from 'vitest';
import { emptyRecipe } from '../recipe/defaults.ts';
import { parseRecipeText } from '../recipe/parse.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { headerModel } from '../testing/model.ts';
import { planned, recipeOf, withValues } from '../testing/planning.ts';

const tensors = {
  'model.layers.0.mlp.up_proj.weight': ['BF16', [4, 4]],
  'model.norm.weight': ['F32', [4]],
} as const;
const companions = {
  'config.json': '{"torch_dtype": "bfloat16", "hidden_size": 4}',
  'generation_config.json': '{}',
  'tokenizer.json': '{}',
};
const base = headerModel('base', tensors, { name: 'org/base "1"', companions });
const math = headerModel('math', tensors, { name: 'math | <b>' });
const code = headerModel('code', tensors);
const all = [base, math, code];

function textOf(recipe: Recipe, name: string): string {
  const file = planned(recipe, all).sideFiles.find((side) => side.name === name);
  if (!file || !('text' in file)) throw new Error(`${name} is not written as text`);
  return file.text;
}

test('the folder holds what transformers needs, the card and the recipe', () => {
  const { sideFiles } = planned(recipeOf(base, [math]), all);
  expect(sideFiles.map(({ name }) => name)).toEqual([
    'config.json',
    'generation_config.json',
    'tokenizer.json',
    'README.md',
    'amalgam-recipe.json',
  ]);
  expect(sideFiles[2]).toMatchObject({ copy: { model: 'base', companion: 'tokenizer.json' } });
});

test('the chat template is a text, or the one that most models have', () => {
  const speaking = (id: string, files: Readonly<Record<string, string>>) =>
    headerModel(id, tensors, { companions: files });
  const own = { 'tokenizer_config.json': '{"chat_template": "own", "eos_token": "x"}' };
  const models = [
    speaking('base', own),
    speaking('a', { 'chat_template.jinja': 'common' }),
    speaking('b', { 'chat_template.jinja': 'common' }),
  ];
  const files = (chatTemplate: Recipe['chatTemplate'], donors: Recipe['donors'] = {}) => {
    const recipe = recipeOf(models[0], models.slice(1), { chatTemplate, donors });
    const { sideFiles } = planned(recipe, models);
    return new Map(sideFiles.map((file) => [file.name, 'text' in file ? file.text : 'as it is']));
  };
  const bare = { eos_token: 'x', chat_template: null };
  const inConfig = (made: ReturnType<typeof files>) =>
    JSON.parse(made.get('tokenizer_config.json')!);
  const text = files({ text: '{{ x }}\n' });
  expect(text.get('chat_template.jinja')).toBe('{{ x }}\n');
  expect(inConfig(text)).toEqual(bare);
  expect(files('most common').get('chat_template.jinja')).toBe('common');
  // A text goes before the files of a donor.
  expect(files({ text: '{{ y }}' }, { chatTemplate: 'a' }).get('chat_template.jinja')).toBe(
    '{{ y }}',
  );
  expect(files(null).has('chat_template.jinja')).toBe(false);
});

test('config.json names the dtype that is written', () => {
  const recipe = recipeOf(base, [math]);
  const half = { ...recipe, output: { ...recipe.output, dtype: 'F16' } } as const;
  const read = (r: Recipe) => JSON.parse(textOf(r, 'config.json')).torch_dtype;
  expect(read(half)).toBe('float16');
  // Most bytes are BF16; the norm in F32 does not change what the model is.
  expect(read(recipe)).toBe('bfloat16');
});

test('without a base the files of the first expert are taken', () => {
  const recipe = recipeOf(null, [code, base], { method: 'linear' });
  const names = planned(recipe, all).sideFiles.map(({ name }) => name);
  expect(names).toEqual(['README.md', 'amalgam-recipe.json']);
});

test('the recipe beside the output reads back as the recipe', () => {
  const recipe = withValues(recipeOf(base, [math, code]), { weight: 0.5 });
  expect(parseRecipeText(textOf(recipe, 'amalgam-recipe.json'))).toEqual({ recipe });
});

test('the card names the parents that lie on the Hub in the front matter, and no others', () => {
  const recipe = recipeOf(base, [math]);
  const pin = { repo: 'org/math', commit: 'a'.repeat(40), weights: 'model.safetensors' };
  const [expert] = recipe.experts;
  const ref = { ...expert.model, origin: 'hub', hub: pin } as const;
  const front = (of: typeof recipe) => textOf(of, 'README.md').split('---\n')[1];
  expect(front({ ...recipe, experts: [{ ...expert, model: ref }] })).toBe(
    [
      'base_model:',
      '- "org/math"',
      'base_model_relation: merge',
      'library_name: transformers',
      'tags:',
      '- merge',
      '- amalgam',
      '- task_arithmetic',
      '',
    ].join('\n'),
  );
  expect(front(recipe)).toMatch(/^library_name/);
});

test('the card tells the values, the arithmetic, the rules and where it comes from', () => {
  const rules = [
    {
      id: 'r',
      filter: { kind: 'group', group: 'mlp' },
      parameter: 'density',
      model: 'math',
      value: [0.1, 0.5],
    },
  ] as const;
  const recipe = withValues(
    recipeOf(base, [math, code], { method: 'ties', rules, arithmetic: { zeroVote: 'plus' } }),
    { weight: 0.7, density: 0.3 },
  );
  const card = textOf(recipe, 'README.md');
  expect(card).toContain('| model | role | weight | density |');
  expect(card).toContain('| org/base "1" | base |  |  |');
  expect(card).toContain('| math \\| \\<b\\> | expert | 0.7 | 0.3 |');
  expect(card).toContain('- λ: 1\n');
  expect(card).toContain('Dialect: **paper**.');
  expect(card).toContain('- A vote of zero: counts as plus (set by hand)');
  expect(card).toContain(
    '- the group mlp: density of math \\| \\<b\\> from the first layer to the last 0.1 → 0.5',
  );
  expect(card).toContain('Check the licences of the parents');
  expect(card).toContain('SHA-256 of its canonical text: `abc`');
  expect(card).toContain('[TIES-Merging, Yadav et al. 2023](https://arxiv.org/abs/2306.01708)');
});

test('a card without rules has no such section', () => {
  expect(textOf(recipeOf(base, [math]), 'README.md')).not.toContain('## Rules');
});

test('a name cannot break out of its table or heading', () => {
  const output = { ...emptyRecipe().output, name: 'x #1 `y`' } as const;
  const recipe = recipeOf(base, [math], { output });
  expect(textOf(recipe, 'README.md')).toContain('\n# x \\#1 \\`y\\`\n');
});
