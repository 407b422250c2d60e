import { expect, test } from 'vitest';
import type { Model } from '../../formats/model.ts';
import type { Adapter } from '../../formats/update.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { headerModel } from '../../testing/model.ts';
import { adapterOf, rising, stored } from '../../testing/pairing.ts';
import { findingOf, findingsOf, recipeOf } from '../../testing/planning.ts';

const q = rising('layers.0.q', [3, 2]);
const style = (id: string, updates = [q], more: Partial<Adapter> = {}): Model => ({
  ...headerModel(id, {}),
  adapter: adapterOf(updates, more),
});
const two = [style('a'), style('b')];
const output = { ...recipeOf(null, []).output, as: 'adapter' } as const;
const of = (models: readonly Model[], more: Partial<Recipe> = {}) =>
  recipeOf(null, models, { output, ...more });

test('one trim threshold over a whole model is refused for an adapter', () => {
  const ties = { method: 'ties', trimScope: 'model' } as const;
  const found = findingOf(of(two, ties), two, 'adapter-trim-scope');
  expect(found.severity).toBe('error');
  expect(found.fixes?.map(({ kind }) => kind)).toEqual(['set-output-as']);
});

test('a rule that keeps a weight as one adapter has it is refused; one that leaves it out is not', () => {
  const keep = (from: Recipe['keeps'][number]['from']) =>
    of(two, { keeps: [{ id: 'k', filter: { kind: 'contains', text: '.q.' }, from }] });
  expect(findingOf(keep({ kind: 'model', model: 'b' }), two, 'adapter-keep')).toMatchObject({
    severity: 'error',
    tensors: ['layers.0.q.weight'],
    fixes: [{ kind: 'remove-keep', keep: 'k' }],
  });
  const codes = findingsOf(keep({ kind: 'base' }), two).map(({ code }) => code);
  expect(codes).toEqual(['nothing-merged']);
});

test('biases and saved tensors are refused by name where no base is there to tell their updates', () => {
  const biased = style('a', [q, rising('layers.0.q', [3, 1], 1, { of: 'bias' })]);
  expect(findingOf(of([biased]), [biased], 'beyond-adapter')).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('a has 1 bias update (layers.0.q.bias)'),
  });
  const saved = [{ name: 'norm.weight', tensor: stored('base_model.model.norm.weight', [3]) }];
  const whole = [style('b'), style('a', [q], { saved })];
  expect(findingOf(of(whole), whole, 'beyond-adapter')).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('a has 1 saved tensor (norm.weight)'),
    advice: expect.stringContaining('Choose the base'),
  });
});

test('the update of an embedding has a name in PEFT’s naming alone', () => {
  const embedding = style('a', [
    rising('embed_tokens', [6, 2], 1, { type: 'LoRA of an embedding' }),
  ]);
  const recipe = of([embedding], { output: { ...output, naming: 'kohya' } });
  const { message, fixes } = findingOf(recipe, [embedding], 'adapter-unnamed');
  expect(message).toContain('only PEFT has names for the update of an embedding');
  expect(fixes).toMatchObject([{ kind: 'set-output-naming', value: 'as the first adapter' }]);
});
