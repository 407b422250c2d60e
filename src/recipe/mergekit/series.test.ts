import { describe, expect, test } from 'vitest';
import { emptyRecipe } from '../defaults.ts';
import { parseRecipe } from '../parse.ts';
import type { ModelRef } from '../recipe.ts';
import { resultOf } from '../series.ts';
import { importSeries, readSeries } from './series.ts';

const three = `name: both
merge_method: linear
models:
  - model: math@main
    parameters: {weight: 1}
  - model: first
    parameters: {weight: 1}
---
merge_method: slerp
base_model: both
models:
  - model: both
  - model: org/chat+lora
parameters: {t: 0.4}
---
name: first
merge_method: task_arithmetic
base_model: base
models:
  - model: {model: {path: code}}
    parameters: {weight: 0.5}
`;

const stepsOf = (text: string) => {
  const read = readSeries(text);
  if ('problem' in read) throw new Error(read.problem);
  return read.steps;
};

describe('Several recipes in one text', () => {
  test('come in an order in which each has its inputs, the unnamed one last', () => {
    expect(stepsOf(three)).toEqual([
      ...[
        {
          name: 'first',
          document: 2,
          line: 16,
          method: 'task_arithmetic',
          models: ['base', 'code'],
          uses: [],
        },
      ],
      ...[
        {
          name: 'both',
          document: 0,
          line: 1,
          method: 'linear',
          models: ['math', 'first'],
          uses: ['first'],
        },
      ],
      ...[
        {
          name: null,
          document: 1,
          line: 9,
          method: 'slerp',
          models: ['both', 'org/chat'],
          uses: ['both'],
        },
      ],
    ]);
  });

  test('are read one by one; a result goes before an open model of its name', () => {
    const ref = (id: string, name: string): ModelRef => ({ id, name, origin: 'local', bytes: 8 });
    const open = [ref('m', 'math'), ref('other', 'first')];
    const { made, recipe } = importSeries(three, stepsOf(three), open, emptyRecipe());
    expect(made[1]).toMatchObject({
      awaited: [],
      recipe: { method: 'linear', experts: [{ model: { id: 'm' } }, { model: resultOf('first') }] },
    });
    expect(recipe).toMatchObject({
      method: 'slerp',
      series: { name: null, before: [{ name: 'first' }, { name: 'both' }], after: [] },
      output: { name: 'merged-model' },
    });
    expect(recipe!.series!.before[1].recipe.output.name).toBe('both');
    expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual({ recipe });
  });

  test('are refused where one is more than a recipe can hold', () => {
    const gradient = `[${Array(1001).fill('0.5').join(', ')}]`;
    const text = three.replace('weight: 0.5', `weight: ${gradient}`);
    const { made, recipe } = importSeries(text, stepsOf(text), [], emptyRecipe());
    expect(recipe).toBeNull();
    expect(made.at(-1)).toEqual({
      problem: expect.stringContaining('more than a recipe can hold'),
    });
  });

  test('of which one alone needs no name', () => {
    expect(stepsOf('merge_method: linear\nmodels: [{model: a}]')).toMatchObject([
      { name: null, document: 0, uses: [] },
    ]);
  });

  test.each([
    [
      'Two recipes are called a',
      'name: a\nmerge_method: ties\n---\nname: a\nmerge_method: ties',
      4,
    ],
    ['have no name', 'merge_method: ties\n---\nmerge_method: ties', 3],
    ['waits for the other: a, b, a', 'name: a\nbase_model: b\n---\nname: b\nbase_model: a', 1],
    ['waits for the other: a, a', 'name: a\nbase_model: a', 1],
  ])('are refused where %s', (what, text, line) => {
    const read = readSeries(text);
    expect(read).toEqual({ problem: expect.stringContaining(what) });
    expect(read).toEqual({ problem: expect.stringContaining(`(line ${line}, column 1)`) });
  });

  test('are read as quickly where aliases repeat aliases', () => {
    const ten = (item: string) => `[${Array(10).fill(item).join(', ')}]`;
    const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} ${ten(`*a${i}`)}`);
    const text = ['a0: &a0 {model: math}', ...lines].join('\n');
    expect(stepsOf(text)).toMatchObject([{ models: ['math'] }]);
  });
});
