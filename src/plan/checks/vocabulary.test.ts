import { expect, test } from 'vitest';
import type { Model } from '../../formats/model.ts';
import { f32Throughout } from '../../methods/precision.ts';
import { headerModel, placeIn } from '../../testing/model.ts';
import { findingOf, findingsOf, jobOf, planned, recipeOf } from '../../testing/planning.ts';

const EMBEDDING = 'model.embed_tokens.weight';
const tied = { tie_word_embeddings: true };

const withRows = (id: string, rows: number) =>
  headerModel(id, { [EMBEDDING]: ['BF16', [rows, 4]] });
const base = withRows('base', 8);
const ROW_BYTES = 4 * 2;

const spanOf = (model: Model, from: number, to: number) => {
  const { begin } = placeIn(model, EMBEDDING);
  const [first, last] = [begin + from * ROW_BYTES, begin + to * ROW_BYTES];
  return { model: model.id, file: 0, begin: first, end: last };
};

test('rows that an expert lacks stay as in the base', () => {
  const short = withRows('short', 6);
  const recipe = recipeOf(base, [short]);
  expect(findingOf(recipe, [base, short], 'vocabulary-rows')).toMatchObject({
    severity: 'warning',
    place: { model: 'short', tensor: EMBEDDING },
    message: `short has 6 rows in ${EMBEDDING}; base has 8. The first 6 are merged; the last 2 stay as in base.`,
  });
  expect(jobOf(planned(recipe, [base, short]), EMBEDDING).parts).toMatchObject([
    {
      kind: 'merge',
      elementCount: 24,
      planes: [spanOf(short, 0, 6)],
      base: spanOf(base, 0, 6),
    },
    { kind: 'copy', span: spanOf(base, 6, 8) },
  ]);
});

test('the remaining rows are cast when the dtype changes', () => {
  const short = withRows('short', 6);
  const recipe = recipeOf(base, [short], { output: { name: 'x', dtype: 'F32', shardBytes: null } });
  const { parts } = jobOf(planned(recipe, [base, short]), EMBEDDING);
  expect(parts[1]).toEqual({
    kind: 'cast',
    plane: { ...spanOf(base, 6, 8), dtype: 'BF16' },
    precision: f32Throughout,
    elementCount: 8,
  });
});

test('rows that the base lacks are left out', () => {
  const long = withRows('long', 10);
  const recipe = recipeOf(base, [long]);
  const finding = findingOf(recipe, [base, long], 'vocabulary-rows');
  expect(finding.message).toContain('long has 10 rows');
  expect(finding.message).toContain('Its last 2 are left out.');
  expect(jobOf(planned(recipe, [base, long]), EMBEDDING).parts).toMatchObject([
    { kind: 'merge', elementCount: 32, planes: [spanOf(long, 0, 8)], base: spanOf(base, 0, 8) },
  ]);
});

test('the shortest model decides for all', () => {
  const [short, long] = [withRows('short', 5), withRows('long', 10)];
  const { parts } = jobOf(planned(recipeOf(base, [long, short]), [base, short, long]), EMBEDDING);
  expect(parts).toMatchObject([
    { kind: 'merge', planes: [spanOf(long, 0, 5), spanOf(short, 0, 5)] },
    { kind: 'copy', span: spanOf(base, 5, 8) },
  ]);
});

test('the policy "refuse" makes it an error with the other policy as its fix', () => {
  const long = withRows('long', 10);
  const recipe = recipeOf(base, [long], { vocabulary: 'refuse' });
  expect(findingOf(recipe, [base, long], 'vocabulary-rows')).toMatchObject({
    severity: 'error',
    message: `long has 10 rows in ${EMBEDDING}; base has 8.`,
    fixes: [{ kind: 'set-vocabulary', value: 'keep base rows' }],
  });
});

test('rows of an attention matrix are no vocabulary', () => {
  const name = 'model.layers.0.self_attn.q_proj.weight';
  const a = headerModel('a', { [name]: ['F32', [8, 4]] });
  const b = headerModel('b', { [name]: ['F32', [6, 4]] });
  expect(findingOf(recipeOf(a, [b]), [a, b], 'shape-mismatch').severity).toBe('error');
});

const headed = (id: string, config: Record<string, unknown> | null = {}) =>
  headerModel(id, { [EMBEDDING]: ['F32', [8, 4]], 'lm_head.weight': ['F32', [8, 4]] }, { config });
const headless = (id: string) =>
  headerModel(id, { [EMBEDDING]: ['F32', [8, 4]] }, { config: tied });

test('a tied expert lends its embedding to the head of the base', () => {
  const [a, b] = [headed('a'), headless('b')];
  const recipe = recipeOf(a, [b]);
  expect(findingOf(recipe, [a, b], 'tied-head')).toMatchObject({
    severity: 'note',
    place: { model: 'b', tensor: 'lm_head.weight' },
    message: expect.stringContaining(`so ${EMBEDDING} meets lm_head.weight of a`),
  });
  const { begin, end } = placeIn(b, EMBEDDING);
  expect(jobOf(planned(recipe, [a, b]), 'lm_head.weight').parts).toMatchObject([
    { kind: 'merge', planes: [{ model: 'b', begin, end }] },
  ]);
});

test('an expert that is not tied and lacks the head just lacks it', () => {
  const [a, b] = [headed('a'), headerModel('b', { [EMBEDDING]: ['F32', [8, 4]] })];
  const codes = findingsOf(recipeOf(a, [b]), [a, b]).map(({ code }) => code);
  expect(codes).toEqual(['missing-tensor']);
});

test('a head that the tied base does not store is left out, with one warning', () => {
  const [a, b] = [headless('a'), headed('b')];
  const recipe = recipeOf(a, [b]);
  expect(findingOf(recipe, [a, b], 'tied-head')).toMatchObject({
    severity: 'warning',
    place: { model: 'b', tensor: 'lm_head.weight' },
  });
  const plan = planned(recipe, [a, b]);
  expect(plan.jobs.map(({ tensor }) => tensor)).toEqual([EMBEDDING]);
  expect(plan.findings.map(({ code }) => code)).toEqual(['tied-head']);
});

test('a head stored although tied is noted', () => {
  const [a, b] = [headed('a', tied), headed('b', tied)];
  expect(findingOf(recipeOf(a, [b]), [a, b], 'tied-head')).toMatchObject({
    severity: 'note',
    place: { model: 'a', tensor: 'lm_head.weight' },
    message: expect.stringContaining('transformers ignores it'),
  });
});
