import { describe, expect, test } from 'vitest';
import { modelRef } from '../../testing/recipes.ts';
import { emptyRecipe } from '../defaults.ts';
import type { ByToken, Recipe } from '../recipe.ts';
import { importMergekit } from './to-recipe.ts';
import { exportMergekit } from './write.ts';

const open = ['base', 'a', 'b'].map(modelRef);
const head = `merge_method: ties
base_model: base
models:
  - {model: a, parameters: {weight: 1, density: 0.5}}
  - {model: b, parameters: {weight: 1, density: 0.5}}
`;

function read(text: string) {
  const found = importMergekit(text, open, emptyRecipe());
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

const vocabularyIn = (more: string) => read(head + more).recipe.vocabulary;
const problemIn = (more: string) => {
  const found = importMergekit(head + more, open, emptyRecipe());
  return 'problem' in found ? found.problem : null;
};

const only = (tokens: ByToken['tokens']): ByToken => ({ tokens, rows: [], padTo: null });

describe('tokenizer of a mergekit recipe', () => {
  test.each<[string, ByToken]>([
    ['tokenizer_source: union', only('union')],
    ['tokenizer_source: base', only('base')],
    ['tokenizer_source: a', only({ model: 'a' })],
    ['tokenizer_source: "model:b"', only({ model: 'b' })],
    ['tokenizer: {}', only('union')],
    ['tokenizer: {source: base, pad_to_multiple_of: 64}', { ...only('base'), padTo: 64 }],
    ['tokenizer: {source: {model: {path: a}}}', only({ model: 'a' })],
  ])('%s', (more, vocabulary) => {
    expect(vocabularyIn(more)).toEqual(vocabulary);
  });

  test('without one rows stay as they are', () => {
    expect(vocabularyIn('')).toBe('keep base rows');
    expect(vocabularyIn('tokenizer: null')).toBe('keep base rows');
  });

  test('rows of tokens come from where it says', () => {
    const vocabulary = vocabularyIn(`
tokenizer:
  source: union
  tokens:
    "<|im_start|>": {source: a}
    "<|im_end|>": {source: {kind: model_token, model: base, token: "</s>"}, force: true}
    12: {source: {kind: model_token, model: b, token_id: 7}}
    <pad>: {source: {kind: zero}}
`);
    expect(vocabulary).toMatchObject({
      rows: [
        { token: '<|im_start|>', from: { kind: 'model', model: 'a' }, force: false },
        {
          token: '<|im_end|>',
          from: { kind: 'token', model: 'base', token: '</s>' },
          force: true,
        },
        { token: '12', from: { kind: 'token', model: 'b', token: 7 }, force: false },
        { token: '<pad>', from: { kind: 'zeros' }, force: false },
      ],
    });
  });

  test('whose rows stand in is base_model, where the method has no base', () => {
    const linear = (more: string) =>
      read(`merge_method: linear
models: [{model: a, parameters: {weight: 1}}, {model: b, parameters: {weight: 1}}]
tokenizer_source: union
${more}`).recipe.donors;
    expect(linear('base_model: a')).toEqual({ tokenizer: 'a' });
    expect(linear('base_model: b')).toMatchObject({ tokenizer: 'b', config: 'b' });
    expect(linear('')).toEqual({});
  });

  test('tokens of a model that is not merged are told', () => {
    const { recipe, remarks } = read(`${head}tokenizer_source: other`);
    expect(recipe.vocabulary).toEqual(only('base'));
    expect(remarks).toMatchObject(
      [{ line: 6, kind: 'left out', text: /^other is not merged/ }].map(
        ({ text: _, ...rest }) => rest,
      ),
    );
  });

  test.each([
    [
      'tokenizer: {}\ntokenizer_source: base',
      /^tokenizer and tokenizer_source are both there: mergekit stops \(line 7/,
    ],
    ['tokenizer: union', /^tokenizer should be a map; found “union”/],
    ['tokenizer: {pad_to_multiple_of: 0}', /^pad_to_multiple_of should be a whole number from 1/],
    ['tokenizer: {tokens: [a]}', /^tokens should be a map; found a list/],
    ['tokenizer: {tokens: {x: {force: true}}}', /^The token x has no source/],
    [
      'tokenizer: {tokens: {x: {source: {kind: mean}}}}',
      /^kind should be zero or model_token; found “mean”/,
    ],
    [
      'tokenizer: {tokens: {x: {source: {kind: model_token, model: a}}}}',
      /^Either “token” or “token_id”/,
    ],
    [
      'tokenizer: {tokens: {x: {source: a, force: 1}}}',
      /^force should be true or false; found “1”/,
    ],
  ])('%s is refused', (more, message) => {
    expect(problemIn(more)).toMatch(message);
  });

  test('what it has beside is ignored, and told', () => {
    expect(read(`${head}tokenizer: {source: base, pad: 8}`).remarks).toEqual([
      { line: 6, kind: 'ignored', text: 'pad is no part of tokenizer; mergekit ignores it.' },
    ]);
  });
});

describe('chat_template of a mergekit recipe', () => {
  const templateIn = (text: string) => read(`${head}chat_template: ${text}`).recipe.chatTemplate;

  test('auto is the one that most models have', () => {
    expect(templateIn('auto')).toBe('most common');
  });

  test('a text is taken as it is, with its lines', () => {
    expect(templateIn('|-\n  {% for m in messages %}\n  {{ m }}{% endfor %}')).toEqual({
      text: '{% for m in messages %}\n{{ m }}{% endfor %}',
    });
  });

  test('chatml is known by its name', () => {
    const template = templateIn('chatml');
    expect(template).toMatchObject({ text: expect.stringContaining('<|im_start|>assistant') });
  });

  test('what is no template is told', () => {
    const { recipe, remarks } = read(`${head}chat_template: nonsense`);
    expect(recipe.chatTemplate).toBeNull();
    expect(remarks).toMatchObject([{ line: 6, kind: 'refused' }]);
    expect(problemIn('chat_template: [a]')).toMatch(
      /^chat_template should be a text; found a list/,
    );
  });

  test.each<Recipe['chatTemplate']>([
    'most common',
    { text: '{% for m in messages %}\n"{{ m }}"' },
  ])('%j comes back as it was', (chatTemplate) => {
    const recipe = { ...read(head).recipe, chatTemplate };
    const { text } = exportMergekit(recipe, { adapters: new Set(), baseDtype: null });
    expect(read(text!).recipe).toEqual(recipe);
  });
});

describe('as a recipe of mergekit', () => {
  const known = { adapters: new Set<string>(), baseDtype: null };
  const written = (recipe: Recipe) => exportMergekit(recipe, known).text!;

  test.each<[string, ByToken]>([
    ['union', only('union')],
    ['one model', { ...only({ model: 'b' }), padTo: 128 }],
    [
      'rows',
      {
        ...only('base'),
        rows: [
          { token: '<|im_end|>', from: { kind: 'token', model: 'a', token: '</s>' }, force: true },
          { token: 'yes', from: { kind: 'model', model: 'b' }, force: false },
          { token: '44', from: { kind: 'model', model: 'a' }, force: false },
          { token: 'y: "z"', from: { kind: 'token', model: 'base', token: 3 }, force: false },
          { token: '<pad>', from: { kind: 'zeros' }, force: false },
        ],
      },
    ],
  ])('%s comes back as it was', (_, vocabulary) => {
    const { recipe } = read(head);
    expect(read(written({ ...recipe, vocabulary })).recipe).toEqual({ ...recipe, vocabulary });
  });

  test('the tokens of all models', () => {
    const { recipe } = read(head);
    expect(written({ ...recipe, vocabulary: { ...only('union'), padTo: 8 } })).toContain(
      'tokenizer:\n  source: union\n  pad_to_multiple_of: 8\n',
    );
  });

  test('a mean stays one: no base_model, whose row would stand in', () => {
    const text = `merge_method: linear
models: [{model: a, parameters: {weight: 1}}, {model: b, parameters: {weight: 1}}]
tokenizer_source: union
`;
    const { recipe } = read(text);
    expect(written(recipe)).not.toContain('base_model');
    expect(read(written(recipe)).recipe).toEqual(recipe);
    const named = read(`${text}base_model: a`).recipe;
    expect(written(named)).toContain('base_model: a');
    expect(read(written(named)).recipe).toEqual(named);
  });
});
