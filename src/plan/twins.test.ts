import { expect, test } from 'vitest';
import { headerModel, placeIn } from '../testing/model.ts';
import { jobOf, planned, recipeOf } from '../testing/planning.ts';
import { twinsOf } from './twins.ts';

const matrix = ['BF16', [8, 4]] as const;

test('heads and embeddings of one shape are twins, whatever the architecture calls them', () => {
  const twins = (...names: readonly string[]) =>
    Object.fromEntries(
      twinsOf(headerModel('m', Object.fromEntries(names.map((n) => [n, matrix])))),
    );
  expect(twins('model.embed_tokens.weight', 'lm_head.weight')).toEqual({
    'lm_head.weight': 'model.embed_tokens.weight',
  });
  expect(twins('lm_head.weight', 'transformer.wte.weight')).toEqual({
    'lm_head.weight': 'transformer.wte.weight',
  });
  expect(twins('bert.embeddings.word_embeddings.weight', 'cls.predictions.decoder.weight')).toEqual(
    {
      'cls.predictions.decoder.weight': 'bert.embeddings.word_embeddings.weight',
    },
  );
  expect(
    twins('encoder.embed_tokens.weight', 'decoder.embed_tokens.weight', 'shared.weight'),
  ).toEqual({
    'encoder.embed_tokens.weight': 'shared.weight',
    'decoder.embed_tokens.weight': 'shared.weight',
  });
});

test('other shapes, other dtypes and task heads are none', () => {
  const model = headerModel('m', {
    'model.embed_tokens.weight': matrix,
    'lm_head.weight': ['BF16', [9, 4]],
    'model.tok_embeddings.weight': ['F32', [8, 4]],
    'score.weight': matrix,
  });
  expect([...twinsOf(model)]).toEqual([]);
});

test('the bias of a head that is stored twice has its twin', () => {
  const bias = ['F32', [8]] as const;
  const model = headerModel('m', {
    'cls.predictions.bias': bias,
    'cls.predictions.decoder.bias': bias,
  });
  expect([...twinsOf(model)]).toEqual([['cls.predictions.decoder.bias', 'cls.predictions.bias']]);
});

const stored = (id: string) =>
  headerModel(id, { 'model.embed_tokens.weight': matrix, 'lm_head.weight': matrix });

const noHead = {
  ...{ id: 'r', model: null, parameter: 'weight', value: 0 },
  filter: { kind: 'group', group: 'head' },
} as const;

test('twins that are merged alike share their noise and nothing is compared', () => {
  const [base, a] = [stored('base'), stored('a')];
  const job = jobOf(planned(recipeOf(base, [a]), [base, a]), 'lm_head.weight');
  expect(job.twin).toEqual({ of: 'model.embed_tokens.weight', likewise: null });
});

test('twins that rules merge in different ways carry what has to be equal', () => {
  const [base, a] = [stored('base'), stored('a')];
  const plan = planned(recipeOf(base, [a], { rules: [noHead] }), [base, a]);
  const { twin } = jobOf(plan, 'lm_head.weight');
  expect(twin?.likewise?.parts).toEqual(jobOf(plan, 'model.embed_tokens.weight').parts);
  const spans = (model: string) => [
    { model, file: 0, begin: 192, end: 256 },
    { model, file: 0, begin: 128, end: 192 },
  ];
  expect(twin?.likewise?.pairs).toEqual([spans('base'), spans('a')]);
});

test('what is put together from several ranges is compared range by range', () => {
  const half = ['BF16', [4, 4]] as const;
  const base = stored('base');
  const cut = headerModel('cut', { 'emb.a': half, 'emb.b': half, 'head.a': half, 'head.b': half });
  const rename = (from: string, to: string) => ({ id: from, model: 'cut', from, to });
  const recipe = recipeOf(base, [cut], {
    rules: [noHead],
    renames: [
      rename('emb.a + emb.b', 'model.embed_tokens.weight'),
      rename('head.a + head.b', 'lm_head.weight'),
    ],
  });
  const { twin } = jobOf(planned(recipe, [base, cut]), 'lm_head.weight');
  const begins = twin?.likewise?.pairs.slice(1).map((pair) => pair.map(({ begin }) => begin));
  const at = (name: string) => placeIn(cut, name).begin;
  expect(begins).toEqual([
    [at('head.a'), at('emb.a')],
    [at('head.b'), at('emb.b')],
  ]);
});

test('a tensor whose twin gives way to another head stands alone', () => {
  const bias = ['F32', [2]] as const;
  const both = { 'classifier.bias': bias, 'classifier.decoder.bias': bias };
  const [base, a] = [
    headerModel('base', { 'x.weight': matrix, ...both }),
    headerModel('a', { 'x.weight': matrix, 'classifier.decoder.bias': bias }),
  ];
  const from = { kind: 'model', model: 'a' } as const;
  const keeps = [{ id: 'k', filter: { kind: 'task head' }, from } as const];
  const { jobs } = planned(recipeOf(base, [a], { keeps }), [base, a]);
  expect(jobs.map(({ tensor, twin }) => [tensor, twin])).toEqual([
    ['classifier.decoder.bias', undefined],
    ['x.weight', undefined],
  ]);
});
