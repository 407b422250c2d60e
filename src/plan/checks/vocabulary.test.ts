import { expect, test } from 'vitest';
import type { Model } from '../../formats/model.ts';
import { f32Throughout } from '../../methods/precision.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { Recipe } from '../../recipe/recipe.ts';
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
  const recipe = recipeOf(base, [short], {
    output: { ...emptyRecipe().output, dtype: 'F32' },
  });
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
    fixes: [
      { kind: 'set-tokens', value: 'union' },
      { kind: 'set-tokens', value: 'base' },
      { kind: 'set-vocabulary', value: 'keep base rows' },
    ],
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

test('weights that come without a config are tied where those of the base are', () => {
  const bare = headerModel('b', { [EMBEDDING]: ['F32', [8, 4]] }, { config: null });
  for (const [config, met] of [
    [tied, ['b', 'b']],
    [{ tie_word_embeddings: false }, ['b']],
  ] as const) {
    const a = headed('a', config);
    const { jobs } = planned(recipeOf(a, [bare]), [a, bare]);
    const planes = jobs.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.kind === 'merge' ? part.planes : [])),
    );
    expect(planes.map((plane) => 'model' in plane && plane.model)).toEqual(met);
  }
});

test('only a matrix of token rows is a tied embedding: no other part of a head, and no head of a task', () => {
  const others = {
    'cls.predictions.transform.dense.weight': ['F32', [4, 4]],
    'cls.seq_relationship.weight': ['F32', [2, 4]],
    'lm_head.dense.weight': ['F32', [4, 4]],
    'score.weight': ['F32', [3, 4]],
    'classifier.weight': ['F32', [2, 4]],
  } as const;
  const a = headerModel('a', { [EMBEDDING]: ['F32', [8, 4]], ...others });
  const b = headless('b');
  const recipe = recipeOf(a, [b]);
  expect(findingsOf(recipe, [a, b]).map(({ code }) => code)).toEqual([
    'little-merged',
    'missing-tensor',
  ]);
  const missing = findingOf(recipe, [a, b], 'missing-tensor');
  expect(missing.tensors).toEqual(Object.keys(others));
});

test('an expert that is not tied and lacks the head just lacks it', () => {
  const [a, b] = [headed('a'), headerModel('b', { [EMBEDDING]: ['F32', [8, 4]] })];
  const codes = findingsOf(recipeOf(a, [b]), [a, b]).map(({ code }) => code);
  expect(codes).toEqual(['missing-tensor']);
});

const flagged = (id: string, tensors: readonly string[], config: object) => {
  const all = { architectures: ['LlamaForCausalLM'], model_type: 'llama', ...config };
  return headerModel(
    id,
    Object.fromEntries(tensors.map((name) => [name, ['F32', [8, 4]] as const])),
    { config: all, companions: { 'config.json': JSON.stringify(all) } },
  );
};
const flagOf = (models: readonly Model[], recipe: Recipe) => {
  const file = planned(recipe, models).sideFiles.find(({ name }) => name === 'config.json');
  return JSON.parse((file as { text: string }).text).tie_word_embeddings;
};

test('a head that the tied base does not store is left out, with one warning', () => {
  const [a, b] = [headless('a'), headed('b')];
  const recipe = recipeOf(a, [b]);
  expect(findingOf(recipe, [a, b], 'tied-head')).toMatchObject({
    severity: 'warning',
    place: { model: 'b', tensor: 'lm_head.weight' },
    fixes: [{ kind: 'set-head', value: 'untied' }],
  });
  const plan = planned(recipe, [a, b]);
  expect(plan.jobs.map(({ tensor }) => tensor)).toEqual([EMBEDDING]);
  expect(plan.findings.map(({ code }) => code)).toEqual(['tied-head']);
});

test('an output with a head of its own has one, where the embeddings of tied models meet a stored head', () => {
  const a = flagged('a', [EMBEDDING], tied);
  const b = flagged('b', [EMBEDDING, 'lm_head.weight'], { tie_word_embeddings: false });
  for (const method of ['task_arithmetic', 'linear']) {
    const recipe = recipeOf(method === 'linear' ? null : a, method === 'linear' ? [a, b] : [b], {
      method,
      head: 'untied',
    });
    const [part] = jobOf(planned(recipe, [a, b]), 'lm_head.weight').parts;
    const lent = { model: 'a', begin: placeIn(a, EMBEDDING).begin };
    const own = { model: 'b', begin: placeIn(b, 'lm_head.weight').begin };
    expect(part).toMatchObject(
      method === 'linear' ? { planes: [lent, own] } : { base: lent, planes: [own] },
    );
    expect(flagOf([a, b], recipe)).toBe(false);
  }
});

test('a plan whose config.json wants a head that the output does not have is refused', () => {
  const untied = { tie_word_embeddings: false };
  const [a, b] = [flagged('a', [EMBEDDING], tied), flagged('b', [EMBEDDING], untied)];
  const given = recipeOf(a, [b], { donors: { config: 'b' } });
  for (const recipe of [given, recipeOf(a, [b], { head: 'untied' })]) {
    expect(findingOf(recipe, [a, b], 'tied-head')).toMatchObject({
      severity: 'error',
      message: expect.stringContaining('transformers makes one of random values'),
      fixes: [{ kind: 'set-head', value: 'tied' }],
    });
    expect(flagOf([a, b], { ...recipe, head: 'tied' })).toBe(true);
  }
});

test('a head of its own is not hidden behind the flag of another model', () => {
  const both = [EMBEDDING, 'lm_head.weight'];
  const a = flagged('a', both, { tie_word_embeddings: false });
  const b = flagged('b', [EMBEDDING], tied);
  const recipe = recipeOf(a, [b], { donors: { config: 'b' } });
  const severities = (of: Recipe) =>
    findingsOf(of, [a, b]).flatMap(({ severity, fixes }) =>
      fixes?.some((fix) => fix.kind === 'set-head' && fix.value === 'untied') ? [severity] : [],
    );
  expect(severities(recipe)).toEqual(['error']);
  expect(severities({ ...recipe, head: 'tied' })).toEqual(['warning']);
  expect(flagOf([a, b], { ...recipe, head: 'untied' })).toBe(false);
});

test('a head stored although tied is noted with what each version does, and the flag offered', () => {
  const both = [EMBEDDING, 'lm_head.weight'];
  const [a, b] = [flagged('a', both, tied), flagged('b', both, tied)];
  expect(findingOf(recipeOf(a, [b]), [a, b], 'tied-head')).toMatchObject({
    severity: 'note',
    place: { model: 'a', tensor: 'lm_head.weight' },
    message:
      'a stores lm_head.weight though its config.json ties the head to the embedding. Where the two differ, transformers 4 takes the embedding for both and transformers 5 loads both as they are stored.',
    fixes: [{ kind: 'set-head', value: 'untied' }],
  });
  expect(flagOf([a, b], recipeOf(a, [b]))).toBe(true);
  const chosen = recipeOf(a, [b], { head: 'untied' });
  expect(flagOf([a, b], chosen)).toBe(false);
  expect(findingOf(chosen, [a, b], 'tied-head').message).toContain(
    'tie_word_embeddings false, as chosen',
  );
});

test('T5, whose arithmetic follows the flag, is not offered another', () => {
  const both = ['shared.weight', 'lm_head.weight'];
  const t5 = { model_type: 't5', architectures: ['T5ForConditionalGeneration'] };
  const [a, b] = [flagged('a', both, t5), flagged('b', both, t5)];
  expect(findingOf(recipeOf(a, [b]), [a, b], 'tied-head').fixes).toBeUndefined();
});

test('no head and no tie is a warning that offers the tie, where the flag is absent as well', () => {
  for (const flag of [{ tie_word_embeddings: false }, {}]) {
    const [a, b] = [flagged('a', [EMBEDDING], flag), flagged('b', [EMBEDDING], flag)];
    expect(findingOf(recipeOf(a, [b]), [a, b], 'tied-head')).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining('transformers makes one of random values'),
      fixes: [{ kind: 'set-head', value: 'tied' }],
    });
    expect(flagOf([a, b], recipeOf(a, [b], { head: 'tied' }))).toBe(true);
  }
});

test('models that are tied without saying so, or have no head, are nothing to speak of', () => {
  const silent = [
    { model_type: 'gpt2', architectures: ['GPT2LMHeadModel'] },
    { architectures: ['LlamaModel'] },
    { model_type: 'something_new' },
  ];
  for (const config of silent) {
    const [a, b] = [flagged('a', [EMBEDDING], config), flagged('b', [EMBEDDING], config)];
    expect(findingsOf(recipeOf(a, [b]), [a, b])).toEqual([]);
  }
});
