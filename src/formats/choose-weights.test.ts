import { describe, expect, test } from 'vitest';
import { drop, read, shards } from '../testing/drop.ts';
import { toRead } from './folder.ts';

const indexOf = (...files: string[]) =>
  JSON.stringify({ weight_map: Object.fromEntries(files.map((file, i) => [`t${i}`, file])) });

describe('several sets of weights in one folder', () => {
  const index = 'm/model.safetensors.index.json';
  const named = (count: number) => shards('', count);
  const chosen = (found: ReturnType<typeof drop>) => found.models.map(({ weights }) => weights);

  test('the index decides over a left-over single file', () => {
    const found = read(
      { [index]: indexOf(...named(2)) },
      'm/model.safetensors',
      ...shards('m/', 2),
    );
    expect(chosen(found)).toEqual([shards('m/', 2)]);
    expect(found.models[0].components[0].index).toBe(index);
    expect(found.models[0].leftOut.map(({ name, reason }) => [name, reason])).toEqual([
      ['model.safetensors', 'left over: model.safetensors.index.json names other files'],
    ]);
    expect(found.notes.map(({ tag, context }) => [tag, context.file])).toEqual([
      ['left-over', 'm/model.safetensors'],
    ]);
    expect(found.others.map(({ name, weights }) => [name, weights])).toEqual([
      ['m (model.safetensors)', ['m/model.safetensors']],
    ]);
  });

  test('the index decides over an old set of shards, whole or not', () => {
    const old = shards('m/', 3);
    for (const left of [old, old.slice(1)]) {
      const found = read({ [index]: indexOf(...named(2)) }, ...shards('m/', 2), ...left);
      expect(chosen(found)).toEqual([shards('m/', 2)]);
      expect(found.problems).toEqual([]);
    }
  });

  test('an index whose files are gone is left over from other weights', () => {
    const found = read({ [index]: indexOf(...named(2)) }, 'm/model.safetensors');
    expect(chosen(found)).toEqual([['m/model.safetensors']]);
    expect(found.problems).toEqual([]);
  });

  test('of several variants all give way to the weights without one', () => {
    const found = drop(
      'm/model.ema.safetensors',
      'm/model.fp16.safetensors',
      'm/model.safetensors',
    );
    expect(chosen(found)).toEqual([['m/model.safetensors']]);
    expect(found.models[0].leftOut.map(({ reason }) => reason)).toEqual([
      'model.safetensors is taken instead',
      'model.safetensors is taken instead',
    ]);
  });

  test('files that are models by themselves are not left out of each other', () => {
    const found = drop('a.safetensors', 'b.safetensors', 'notes.txt', 'c.ckpt');
    expect(chosen(found)).toEqual([['a.safetensors'], ['b.safetensors']]);
    expect(found.models.map(({ leftOut }) => leftOut.map(({ name }) => name))).toEqual([
      ['c.ckpt'],
      ['c.ckpt'],
    ]);
  });

  test('an index may name one file, and files of any name', () => {
    const one = read({ [index]: indexOf('model.safetensors') }, 'm/model.safetensors');
    expect(chosen(one)).toEqual([['m/model.safetensors']]);
    const odd = read(
      { [index]: indexOf('x.safetensors', 'y.safetensors') },
      'm/x.safetensors',
      'm/y.safetensors',
    );
    expect(chosen(odd)).toEqual([['m/x.safetensors', 'm/y.safetensors']]);
  });

  test('an index names files in upper case, too', () => {
    const loud = shards('m/', 2).map((path) => path.toUpperCase().replace('M/', 'm/'));
    const found = read({ [index]: indexOf(...named(2)) }, 'm/model.safetensors', ...loud);
    expect(found.models[0].weights).toEqual(loud);
    expect(found.models[0].components[0].index).toBe(index);
  });

  test('a shard that the index names and nobody has is missing', () => {
    const found = read({ [index]: indexOf(...named(3)) }, ...shards('m/', 3, 2));
    expect(found.models).toEqual([]);
    expect(found.problems.map(({ tag, context }) => [tag, context.found])).toEqual([
      ['missing-shard', 'no model-00002-of-00003.safetensors'],
    ]);
  });

  test('without an index the single file is taken, as transformers does', () => {
    const found = drop('m/model.safetensors', ...shards('m/', 2));
    expect(chosen(found)).toEqual([['m/model.safetensors']]);
    expect(found.others.map(({ weights }) => weights)).toEqual([shards('m/', 2)]);
  });

  test('variants are other readings of one model', () => {
    const found = drop(
      'm/model.safetensors',
      'm/model.fp16.safetensors',
      'm/model.bf16.safetensors',
    );
    expect(chosen(found)).toEqual([['m/model.safetensors']]);
    expect(found.others.map(({ name, weights }) => [name, weights])).toEqual([
      ['m (fp16)', ['m/model.fp16.safetensors']],
      ['m (bf16)', ['m/model.bf16.safetensors']],
    ]);
    const only = drop(
      'm/model.fp16-00001-of-00002.safetensors',
      'm/model.fp16-00002-of-00002.safetensors',
    );
    expect(chosen(only)[0]).toHaveLength(2);
  });

  test('of variants alone the first by name is taken', () => {
    const found = drop('m/model.fp16.safetensors', 'm/model.bf16.safetensors');
    expect(chosen(found)).toEqual([['m/model.bf16.safetensors']]);
    expect(found.others.map(({ name }) => name)).toEqual(['m (fp16)']);
  });

  test('what lacks a shard is neither preferred nor another reading', () => {
    const beside = drop('m/model.safetensors', ...shards('m/', 2, 1));
    expect(chosen(beside)).toEqual([['m/model.safetensors']]);
    expect([beside.others, beside.problems]).toEqual([[], []]);
    const variant = drop('m/model.fp16.safetensors', ...shards('m/', 2, 1));
    expect(chosen(variant)).toEqual([['m/model.fp16.safetensors']]);
    expect(variant.problems.map(({ tag }) => tag)).toEqual(['missing-shard']);
  });

  test('an index that names nothing decides nothing', () => {
    const found = read({ [index]: indexOf() }, 'm/model.safetensors');
    expect(chosen(found)).toEqual([['m/model.safetensors']]);
  });

  test('an index is read only where names leave a doubt', () => {
    const wanted = (...paths: string[]) => toRead(paths.map((path) => ({ path, size: 1 })));
    expect(wanted(index, ...shards('m/', 2))).toEqual([]);
    expect(wanted(index, ...shards('m/', 2, 1))).toEqual([index]);
    expect(wanted(index, ...shards('m/', 2), 'm/model.safetensors')).toEqual([index]);
    expect(wanted('m/modules.json', 'm/model.safetensors')).toEqual(['m/modules.json']);
  });

  test("Mistral's second copy of the weights is left out", () => {
    const { models } = drop('m/consolidated.safetensors', ...shards('m/', 2));
    expect(models.map(({ weights }) => weights)).toEqual([shards('m/', 2)]);
    expect(drop('m/consolidated.safetensors').models).toHaveLength(1);
  });
});

describe('what is missing', () => {
  test('a shard is named', () => {
    const { models, problems } = drop('m/config.json', ...shards('m/', 3, 2));
    expect(models).toEqual([]);
    expect(problems.map(({ tag, context }) => [tag, context.found])).toEqual([
      ['missing-shard', 'no model-00002-of-00003.safetensors'],
    ]);
  });

  test('many shards are counted', () => {
    const [problem] = drop('model-00001-of-00010.safetensors').problems;
    expect(problem.context.found).toMatch(
      /^no model-00002-of-00010.*-00006-of-00010.safetensors and 4 more$/,
    );
    expect(problem.context.expected).toBe('all 10 shards');
  });

  test('an index alone is no model', () => {
    const { models, problems } = drop('m/model.safetensors.index.json', 'm/config.json');
    expect(models).toEqual([]);
    expect(problems.map(({ tag }) => tag)).toEqual(['missing-shard']);
  });
});
