import { describe, expect, test } from 'vitest';
import { modelRef } from '../../testing/recipes.ts';
import { emptyRecipe } from '../defaults.ts';
import type { Recipe, Step } from '../recipe.ts';
import { resultOf, seriesOf, stepsOf } from '../series.ts';
import { importSeries, readSeries } from './series.ts';
import { exportSeries } from './write-series.ts';

const open = ['base', 'a', 'b', 'org/c'].map(modelRef);
const known = () => ({ adapters: new Set<string>(), baseDtype: 'BF16' as const });

function read(text: string): Recipe {
  const series = readSeries(text);
  if ('problem' in series) throw new Error(series.problem);
  const { recipe, made } = importSeries(text, series.steps, open, emptyRecipe());
  expect(
    made.flatMap((one) => ('problem' in one ? [one.problem] : one.remarks.map(({ text }) => text))),
  ).toEqual([]);
  return recipe!;
}

const step = (name: string | null, more: Partial<Recipe>): Step => {
  const output = { ...emptyRecipe().output, dtype: 'BF16', name: name ?? 'merged-model' } as const;
  const mergekit = { dialect: 'mergekit', inputDtype: 'BF16', output } as const;
  return { name, recipe: { ...emptyRecipe(), ...mergekit, method: 'linear', ...more } };
};
const experts = (...refs: Recipe['experts'][number]['model'][]) =>
  refs.map((model) => ({ model, values: { weight: 0.5 } }));
const [base, a, b, c] = open;

describe('A series becomes documents of mergekit-multi', () => {
  const steps = [
    step('first', {
      ...{ method: 'task_arithmetic', base, experts: experts(a), values: { lambda: 0.9 } },
      rules: [
        {
          ...{ id: 'mergekit-1', filter: { kind: 'contains', text: 'mlp' } },
          ...{ parameter: 'weight', model: null, value: [0, 1] },
        },
      ],
    }),
    step('1.5', { experts: experts(resultOf('first'), b) }),
    step(null, {
      method: 'slerp',
      experts: [resultOf('1.5'), c].map((model) => ({ model, values: {} })),
      values: { t: 0.25 },
    }),
  ];

  test('that name each other, and say how they are run', () => {
    const { text, beyond, remarks } = exportSeries(seriesOf(steps.slice(0, 2), 0), known);
    expect(text).toBe(`name: first
merge_method: task_arithmetic
base_model: base
models:
  - model: a
    parameters:
      weight:
        - filter: mlp
          value: [0, 1]
        - value: 0.5
parameters:
  lambda: 0.9
dtype: bfloat16
---
name: "1.5"
merge_method: linear
base_model: first
models:
  - model: first
    parameters:
      weight: 0.5
  - model: b
    parameters:
      weight: 0.5
dtype: bfloat16
`);
    expect(beyond).toEqual([]);
    expect(remarks.at(-1)).toBe(
      'mergekit runs it by: mergekit-multi FILE --intermediate-dir RESULTS',
    );
  });

  test('and is the same series when it is read again', () => {
    const { text } = exportSeries(seriesOf(steps, 1), known);
    const again = read(text!);
    expect(stepsOf(again).map(({ name }) => name)).toEqual(['first', '1.5', null]);
    expect(exportSeries(again, known).text).toBe(text);
    expect(read(exportSeries(again, known).text!)).toEqual(again);
    expect(again.experts.map(({ model }) => model.id)).toEqual(['result-1.5', c.id]);
  });

  test('of which each has the dtype that its result follows from', () => {
    const stored = { ...emptyRecipe().output, dtype: 'base' } as const;
    const text = (first: 'base' | 'F16') => {
      const steps = [
        step('x', {
          experts: experts(a, b),
          inputDtype: 'F32',
          output: { ...stored, dtype: first },
        }),
        step(null, { experts: experts(resultOf('x'), b), inputDtype: 'F32', output: stored }),
      ];
      return exportSeries(seriesOf(steps, 0), known).text!;
    };
    expect(text('base').match(/out_dtype: .*/g)).toEqual(Array(2).fill('out_dtype: bfloat16'));
    expect(text('F16').match(/out_dtype: .*/g)).toEqual(Array(2).fill('out_dtype: float16'));
  });

  test('but for what mergekit cannot say, which is told of its recipe', () => {
    const kept = step('first', {
      experts: experts(a, b),
      keeps: [{ id: 'k', filter: { kind: 'misfit' }, from: { kind: 'base' } }],
    });
    const steps = [kept, step(null, { method: 'dare_elect', experts: experts(resultOf('first')) })];
    const { text, beyond } = exportSeries(seriesOf(steps, 0), known);
    expect(text).toBeNull();
    expect(beyond).toEqual([
      'first: tensors are kept out of the merge',
      'merged-model: mergekit has no dare_elect',
    ]);
  });

  test('and that recipes are of one version of mergekit', () => {
    const old = { dialect: 'mergekit 0.1.4', experts: experts(a, b) } as const;
    const later = step(null, { experts: experts(resultOf('first')) });
    const { text, beyond } = exportSeries(seriesOf([step('first', old), later], 0), known);
    expect(text).not.toContain('#');
    expect(beyond).toEqual([expect.stringMatching(/^first: it is one of mergekit .*0\.1\.4/)]);
    const both = [step('first', old), step(null, { ...old, experts: experts(resultOf('first')) })];
    expect(exportSeries(seriesOf(both, 0), known).text).toMatch(/^# mergekit .*\nname: first/);
  });

  test.each([
    ['linear', /a recipe is called linear, which is a word of its own there/],
    ['mlp', /a recipe is called mlp/],
    ['b', /a model and a recipe are both called b/],
  ])('and a recipe that is called %s is told', (name, told) => {
    const rule = { filter: { kind: 'contains', text: 'mlp' }, parameter: 'weight' } as const;
    const steps = [
      step(name, { experts: experts(a), rules: [{ id: 'r', ...rule, model: null, value: 0.5 }] }),
      step(null, { experts: experts(resultOf(name), b) }),
    ];
    expect(exportSeries(seriesOf(steps, 1), known).beyond).toEqual([expect.stringMatching(told)]);
  });
});
