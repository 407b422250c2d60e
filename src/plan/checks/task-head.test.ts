import { describe, expect, test } from 'vitest';
import type { Model } from '../../formats/model.ts';
import { readHeader } from '../../formats/safetensors/header.ts';
import type { Keep } from '../../recipe/recipe.ts';
import { type HeaderTensor, headerModel, placeIn } from '../../testing/model.ts';
import { findingOf, findingsOf, jobOf, planned, recipeOf } from '../../testing/planning.ts';

const body = {
  'bert.embeddings.word_embeddings.weight': ['F32', [8, 4]],
  'bert.encoder.layer.0.output.dense.weight': ['F32', [4, 4]],
} as const;

function classifier(id: string, labels: readonly string[] | number, more: object = {}) {
  const rows = typeof labels === 'number' ? labels : labels.length;
  const id2label =
    typeof labels === 'number' ? {} : { id2label: Object.fromEntries(labels.entries()) };
  const config = { architectures: ['BertForSequenceClassification'], ...id2label, ...more };
  const head: Record<string, HeaderTensor> = {
    'classifier.weight': ['F32', [rows, 4]],
    'classifier.bias': ['F32', [rows]],
  };
  const companions = { 'config.json': JSON.stringify(config) };
  return headerModel(id, { ...body, ...head }, { config, companions });
}

const keep = (from: Keep['from']): readonly Keep[] => [
  { id: 'k', filter: { kind: 'task head' }, from },
];
const stars = ['1', '2', '3', '4', '5'];

describe('classifiers with different numbers of labels', () => {
  const [a, b] = [classifier('a', ['bad', 'good']), classifier('b', stars)];
  const models = [a, b];

  test('are refused, with the head of either as a way out', () => {
    const finding = findingOf(recipeOf(a, [b]), models, 'task-head');
    expect(finding).toMatchObject({
      severity: 'error',
      message:
        'classifier.weight is a task head: it has shape [5, 4] for 5 labels in b and [2, 4] for 2 labels in a. Heads of different tasks cannot be averaged.',
      fixes: [
        {
          label: 'Keep the head of a',
          keep: { filter: { kind: 'task head' }, from: { kind: 'base' } },
        },
        { label: 'Keep the head of b', keep: { from: { kind: 'model', model: 'b' } } },
      ],
    });
    const codes = findingsOf(recipeOf(a, [b]), models).map(({ code }) => code);
    expect(codes).toEqual(['task-head']);
  });

  test('keep the head of one as a whole, and the config gets its labels', () => {
    const recipe = recipeOf(a, [b], { keeps: keep({ kind: 'model', model: 'b' }) });
    const plan = planned(recipe, models);
    for (const name of ['classifier.weight', 'classifier.bias']) {
      const { begin, end, shape } = placeIn(b, name);
      expect(jobOf(plan, name)).toMatchObject({
        shape,
        original: null,
        parts: [{ kind: 'copy', span: { model: 'b', begin, end } }],
      });
    }
    const config = plan.sideFiles.find(({ name }) => name === 'config.json');
    expect(JSON.parse((config as { text: string }).text).id2label).toEqual({
      ...{ 0: '1', 1: '2', 2: '3', 3: '4', 4: '5' },
    });
    expect(plan.findings.map(({ code }) => code)).toEqual(['kept']);
  });

  test('keep that of the base and its labels when the recipe says so', () => {
    const plan = planned(recipeOf(a, [b], { keeps: keep({ kind: 'base' }) }), models);
    expect(jobOf(plan, 'classifier.weight').shape).toEqual([2, 4]);
    const config = plan.sideFiles.find(({ name }) => name === 'config.json');
    expect(JSON.parse((config as { text: string }).text).id2label).toEqual({ 0: 'bad', 1: 'good' });
  });
});

test('the base without a head gets none, unless one is chosen; then with labels and architecture', () => {
  const base = headerModel('base', body, {
    config: { architectures: ['BertModel'], hidden_size: 4 },
    companions: { 'config.json': '{"architectures": ["BertModel"], "hidden_size": 4}' },
  });
  const b = classifier('b', stars, { problem_type: 'regression' });
  const finding = findingOf(recipeOf(base, [b]), [base, b], 'task-head');
  expect(finding).toMatchObject({
    severity: 'warning',
    message:
      'base has no task head; b has one (classifier.weight, classifier.bias), which the output does not get.',
    fixes: [{ label: 'Keep the head of b' }],
  });
  const recipe = recipeOf(base, [b], { keeps: keep({ kind: 'model', model: 'b' }) });
  const plan = planned(recipe, [base, b]);
  expect(jobOf(plan, 'classifier.bias')).toMatchObject({ shape: [5], original: null });
  const config = plan.sideFiles.find(({ name }) => name === 'config.json') as { text: string };
  expect(JSON.parse(config.text)).toMatchObject({
    architectures: ['BertForSequenceClassification'],
    problem_type: 'regression',
    hidden_size: 4,
  });
});

test('beside the head of another model the body has the names that it has there', async () => {
  const bare = (name: string) => name.replace(/^bert\./, '');
  const base = headerModel(
    'base',
    Object.fromEntries(Object.entries(body).map(([name, tensor]) => [bare(name), tensor])),
  );
  const stored = async (b: Model, from: string) => {
    const renames = [{ id: 'r', model: 'b', from, to: '*' }];
    const recipe = recipeOf(base, [b], { renames, keeps: keep({ kind: 'model', model: 'b' }) });
    const { files, jobs } = planned(recipe, [base, b]);
    expect(jobs.map(({ tensor }) => tensor)).toContain('encoder.layer.0.output.dense.weight');
    const [{ header, byteLength }] = files;
    const read = async (begin: number, end: number) => header.slice(begin, end);
    const { tensors } = await readHeader({ name: 'x', size: byteLength, read });
    return tensors.map(({ name }) => name).toSorted();
  };
  const b = classifier('b', stars);
  expect(await stored(b, 'bert.*')).toEqual([...b.tensors.keys()].toSorted());

  const wrapped = headerModel(
    'b',
    Object.fromEntries(
      [...b.tensors].map(([name, t]) => [`_orig_mod.${name}`, [t.dtype, t.shape]]),
    ),
  );
  const renames = [
    { id: 'r', model: 'b', from: '_orig_mod.bert.*', to: '*' },
    { id: 's', model: 'b', from: '_orig_mod.*', to: '*' },
  ];
  const chosen = { renames, keeps: keep({ kind: 'model', model: 'b' }) };
  const { jobs } = planned(recipeOf(base, [wrapped], chosen), [base, wrapped]);
  expect(jobs.map(({ tensor, storedAs }) => storedAs ?? tensor).toSorted()).toEqual(
    [...b.tensors.keys()].toSorted(),
  );
});

test('another head under another name takes the place of the reference’s', () => {
  const a = classifier('a', ['bad', 'good']);
  const b = headerModel('b', {
    ...body,
    'classifier.dense.weight': ['F32', [4, 4]],
    'classifier.out_proj.weight': ['F32', [3, 4]],
  });
  const recipe = recipeOf(a, [b], { keeps: keep({ kind: 'model', model: 'b' }) });
  const names = planned(recipe, [a, b]).jobs.map(({ tensor }) => tensor);
  expect(names.toSorted()).toEqual(
    [...Object.keys(body), 'classifier.dense.weight', 'classifier.out_proj.weight'].toSorted(),
  );
});

test('a head is known under the name that a rename gives it', () => {
  const a = classifier('a', ['bad', 'good']);
  const head = { '_orig_mod.classifier.weight': ['F32', [5, 4]] } as const;
  const b = headerModel('b', { ...body, ...head });
  const renames = [{ id: 'r', model: 'b', from: '_orig_mod.*', to: '*' }];
  const chosen = { renames, keeps: keep({ kind: 'model', model: 'b' }) };
  const { jobs } = planned(recipeOf(a, [b], chosen), [a, b]);
  const { begin, end } = placeIn(b, '_orig_mod.classifier.weight');
  expect(jobs.map(({ tensor }) => tensor).toSorted()).toEqual(
    [...Object.keys(body), 'classifier.weight'].toSorted(),
  );
  expect(jobs.find(({ tensor }) => tensor === 'classifier.weight')).toMatchObject({
    shape: [5, 4],
    parts: [{ kind: 'copy', span: { model: 'b', begin, end } }],
  });

  const bare = headerModel('bare', body);
  const plan = planned(recipeOf(bare, [b], chosen), [bare, b]);
  expect(jobOf(plan, 'classifier.weight').parts).toMatchObject([{ span: { model: 'b', begin } }]);
  const finding = findingOf(recipeOf(bare, [b], { renames }), [bare, b], 'task-head');
  expect(finding.message).toContain('b has one (classifier.weight)');
});

test.each([{ kind: 'base' }, { kind: 'refuse' }] as const)(
  'an earlier rule decides before the head is kept: $kind',
  (from) => {
    const earlier: Keep = { id: 'first', filter: { kind: 'contains', text: 'classifier' }, from };
    const keeps = [earlier, ...keep({ kind: 'model', model: 'b' })];
    const bare = headerModel('bare', body);
    const [a, b] = [classifier('a', stars), classifier('b', stars)];
    const without = planned(recipeOf(bare, [a, b], { keeps }), [bare, a, b]);
    expect(without.jobs.map(({ tensor }) => tensor).toSorted()).toEqual(
      Object.keys(body).toSorted(),
    );

    const other = headerModel('b', { ...body, 'classifier.dense.weight': ['F32', [4, 4]] });
    const names = planned(recipeOf(a, [other], { keeps }), [a, other]).jobs.map(
      (job) => job.tensor,
    );
    expect(names.toSorted()).toEqual([...a.tensors.keys()].toSorted());
  },
);

test('the config gets the labels of the kept head, whosever config it is', () => {
  const [a, b, c] = [['bad', 'good'], stars, ['no', 'yes']].map((labels, k) =>
    classifier('abc'[k], labels),
  );
  const labelsOf = (from: Keep['from'], config: string) => {
    const recipe = recipeOf(a, [b, c], { keeps: keep(from), donors: { config } });
    const file = planned(recipe, [a, b, c]).sideFiles.find(({ name }) => name === 'config.json');
    return Object.values(JSON.parse((file as { text: string }).text).id2label);
  };
  expect(labelsOf({ kind: 'base' }, 'b')).toEqual(['bad', 'good']);
  expect(labelsOf({ kind: 'model', model: 'b' }, 'b')).toEqual(stars);
  expect(labelsOf({ kind: 'model', model: 'b' }, 'c')).toEqual(stars);
});

test('heads of one size for different labels are a warning, for the same ones a note', () => {
  const a = classifier('a', ['bad', 'good']);
  const codeOf = (labels: readonly string[]) => {
    const b = classifier('b', labels);
    return findingOf(recipeOf(a, [b]), [a, b], 'task-head');
  };
  expect(codeOf(['no', 'yes'])).toMatchObject({
    severity: 'warning',
    message:
      'The task heads of b and a are for different labels (no, yes; bad, good): averaging classifier.weight, classifier.bias mixes them.',
  });
  expect(codeOf(['bad', 'good']).severity).toBe('note');
});

test.each([
  ['a score', 'score.weight'],
  ['an answer span', 'qa_outputs.weight'],
  ['a value', 'v_head.summary.weight'],
  ['a head of an image model', 'head.weight'],
])('%s has no rows of tokens', (_, name) => {
  const model = (id: string, rows: number) =>
    headerModel(id, { 'model.embed_tokens.weight': ['F32', [8, 4]], [name]: ['F32', [rows, 4]] });
  const [a, b] = [model('a', 2), model('b', 5)];
  expect(findingOf(recipeOf(a, [b]), [a, b], 'task-head').severity).toBe('error');
});

test('positions and token types are no vocabulary either', () => {
  const name = 'bert.embeddings.position_embeddings.weight';
  const a = headerModel('a', { ...body, [name]: ['F32', [16, 4]] });
  const b = headerModel('b', { ...body, [name]: ['F32', [32, 4]] });
  expect(findingOf(recipeOf(a, [b]), [a, b], 'shape-mismatch').severity).toBe('error');
});

test('a head of tokens under the name of a task head keeps its rows', () => {
  const model = (id: string, rows: number) =>
    headerModel(id, { 'emb.weight': ['F32', [rows, 4]], 'head.weight': ['F32', [rows, 4]] });
  const [a, b] = [model('a', 8), model('b', 9)];
  const codes = findingsOf(recipeOf(a, [b]), [a, b]).map(({ code }) => code);
  expect(codes).toEqual(['vocabulary-rows']);
});
