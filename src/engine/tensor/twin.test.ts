import { describe, expect, test } from 'vitest';
import { methods } from '../../methods/registry.ts';
import type { Recipe, Rule } from '../../recipe/recipe.ts';
import { mergeRun, writtenTensor } from '../../testing/merge-run.ts';
import { bf16, type TestTensor } from '../../testing/model-file.ts';
import { run } from '../run/run.ts';

const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';
const wave = (seed: number) => Array.from({ length: 600 }, (_, i) => ((i * seed) % 61) / 8 - 3);
const matrix = (seed: number) => bf16([60, 10], wave(seed));

/** Both under the same values, or each under its own. */
const model = (embedding: number, head = embedding) => ({
  [EMBEDDING]: matrix(embedding),
  [HEAD]: matrix(head),
  'model.layers.0.mlp.up_proj.weight': bf16([4], [embedding, 1, 2, 3]),
  'model.layers.1.mlp.up_proj.weight': bf16([4], [3, 2, embedding, 1]),
});

async function merged(
  models: Readonly<Record<string, Readonly<Record<string, TestTensor>>>>,
  recipe: Partial<Recipe>,
) {
  const { plan, options, reports } = await mergeRun({ models, recipe });
  const all = options();
  await run(plan, all);
  const notes = reports.find(({ tensor }) => tensor === HEAD)!.notes;
  return {
    head: writtenTensor(plan, all.sink, HEAD),
    embedding: writtenTensor(plan, all.sink, EMBEDDING),
    notes,
  };
}

const onHead = (parameter: string, value: Rule['value']): Rule => ({
  ...{ id: 'r', model: null, parameter, value },
  filter: { kind: 'contains', text: 'lm_head' },
});
const added = { method: 'task_arithmetic', values: { lambda: 1 } } as const;

describe('a head that equals the embedding in every model', () => {
  const ofMany = methods.filter(({ arity }) => arity.models[1] >= 2);
  test.each(ofMany.map(({ id }) => id))('stays equal under %s', async (method) => {
    const models = { base: model(3), a: model(7), b: model(11) };
    const { head, embedding } = await merged(models, { method });
    expect(head).toEqual(embedding);
    expect(head).not.toEqual(matrix(3).bytes);
  });

  test('stays equal when a rule speaks of the head alone, and the report says why', async () => {
    const models = { base: model(3), a: model(7) };
    const plain = await merged(models, added);
    const ruled = await merged(models, { ...added, rules: [onHead('weight', 0)] });
    expect(ruled.head).toEqual(ruled.embedding);
    expect(ruled.head).toEqual(plain.head);
    expect(ruled.notes).toEqual([`equal to ${EMBEDDING} in every model, merged like it`]);
  });

  test('takes what a rule says of the embedding alone', async () => {
    const models = { base: model(3), a: model(7) };
    const rule = { ...onHead('weight', 0), filter: { kind: 'contains', text: 'embed' } } as const;
    const { head, embedding } = await merged(models, { ...added, rules: [rule] });
    expect(embedding).toEqual(matrix(3).bytes);
    expect(head).toEqual(embedding);
  });
});

test('a head of its own in one model follows the rules for the head', async () => {
  const models = { base: model(3), a: model(7, 11) };
  const { head, embedding, notes } = await merged(models, {
    ...added,
    rules: [onHead('weight', 0)],
  });
  expect(head).toEqual(matrix(3).bytes);
  expect(embedding).toEqual(matrix(7).bytes);
  expect(notes).toEqual([]);
});

test('heads that differ in their last element only are told apart', async () => {
  const a = model(7);
  a[HEAD].bytes[a[HEAD].bytes.length - 2] ^= 1;
  const { head } = await merged({ base: model(3), a }, { ...added, rules: [onHead('weight', 0)] });
  expect(head).toEqual(matrix(3).bytes);
});
