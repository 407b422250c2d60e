import { describe, expect, test } from 'vitest';
import type { Naming } from '../naming.ts';
import type { Task } from '../task.ts';
import { taskFrom } from './own-task.ts';
import { TaskFileError } from './problems.ts';
import { tableOfRows } from './read-file.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

const taskOf = (rows: Rows, file = 'x.parquet', naming: Naming = {}): Task =>
  taskFrom(tableOfRows(file, Object.keys(rows[0]), rows), file, naming).task;

/**
 * Rows with the columns and types that these data sets have on the Hub (their cards’ `dataset_info`, in Parquet: class labels and
 * int64 are BigInt, a sequence of fields is fields of lists), and what is asked of the first.
 */
const sets: readonly (readonly [name: string, rows: Rows, kind: Task['kind'], asked: object])[] = [
  [
    'cais/mmlu',
    [{ question: 'What is 1+1?', subject: 'maths', choices: ['1', '2', '3', '4'], answer: 1n }],
    'choice',
    {
      prompt: 'What is 1+1?\nA. 1\nB. 2\nC. 3\nD. 4\nAnswer:',
      choices: [' A', ' B', ' C', ' D'],
      answer: 1,
    },
  ],
  [
    'TIGER-Lab/MMLU-Pro',
    [
      {
        ...{ question_id: 70n, question: 'Which?', options: ['x', 'y', 'z'], answer: 'C' },
        ...{ answer_index: 2n, cot_content: '', category: 'law', src: 'a' },
      },
    ],
    'choice',
    { prompt: 'Question: Which?\nAnswer:', choices: [' x', ' y', ' z'], answer: 2 },
  ],
  [
    'allenai/ai2_arc',
    [
      {
        ...{ id: 'a', question: 'Which?', answerKey: '2' },
        choices: { text: ['x', 'y'], label: ['1', '2'] },
      },
    ],
    'choice',
    { prompt: 'Question: Which?\nAnswer:', choices: [' x', ' y'], answer: 1 },
  ],
  [
    'tau/commonsense_qa',
    [
      {
        ...{ id: 'a', question: 'Where?', question_concept: 'b', answerKey: 'B' },
        choices: { label: ['A', 'B'], text: ['here', 'there'] },
      },
    ],
    'choice',
    { prompt: 'Question: Where?\nAnswer:', choices: [' here', ' there'], answer: 1 },
  ],
  [
    'allenai/openbookqa',
    [
      {
        ...{ id: 'a', question_stem: 'The sun is', answerKey: 'A' },
        choices: { text: ['hot', 'cold'], label: ['A', 'B'] },
      },
    ],
    'choice',
    { prompt: 'The sun is', choices: [' hot', ' cold'], answer: 0 },
  ],
  [
    'Rowan/hellaswag',
    [
      {
        ...{ ind: 4, activity_label: 'Cooking', ctx_a: 'He cuts.', ctx_b: 'then', label: '1' },
        ...{ ctx: 'He cuts. then', endings: ['flies.', 'cooks.'], source_id: 'a', split: 'val' },
        split_type: 'indomain',
      },
    ],
    'choice',
    { prompt: 'Cooking: He cuts. then', choices: [' flies.', ' cooks.'], answer: 1 },
  ],
  [
    'ybisk/piqa',
    [{ goal: 'Boil an egg', sol1: 'In a hat', sol2: 'In water', label: 1n }],
    'choice',
    { prompt: 'Question: Boil an egg\nAnswer:', choices: [' In a hat', ' In water'], answer: 1 },
  ],
  [
    'allenai/winogrande',
    [
      { sentence: 'Ann beat Eve as _ is fast.', option1: 'Ann', option2: 'Eve', answer: '1' },
      { sentence: 'Ann lost to Eve as _ is fast.', option1: 'Ann', option2: 'Eve', answer: '2' },
    ],
    'choice',
    { prompt: 'Ann beat Eve as', choices: [' Ann is fast.', ' Eve is fast.'], answer: 0 },
  ],
  [
    'google/boolq',
    [{ question: 'is snow cold', answer: true, passage: 'Snow is ice.' }],
    'choice',
    {
      prompt: 'Snow is ice.\nQuestion: is snow cold?\nAnswer:',
      choices: [' no', ' yes'],
      answer: 1,
    },
  ],
  [
    'allenai/sciq',
    [
      {
        ...{ question: 'Which?', distractor3: 'c', distractor1: 'a', distractor2: 'b' },
        ...{ correct_answer: 'd', support: '' },
      },
    ],
    'choice',
    { prompt: 'Question: Which?\nAnswer:', choices: [' a', ' b', ' c', ' d'], answer: 3 },
  ],
  [
    'openai/gsm8k',
    [{ question: 'Two and two?', answer: 'It is 2+2=<<2+2=4>>4.\n#### 4' }],
    'exact',
    { prompt: 'Question: Two and two?\nAnswer:', answer: ' 4' },
  ],
  [
    'EleutherAI/lambada_openai',
    [{ text: 'He gave the book to his friend Helen' }],
    'exact',
    { prompt: 'He gave the book to his friend', answer: ' Helen' },
  ],
  [
    'sentence-transformers/stsb',
    [{ sentence1: 'A man.', sentence2: 'A boy.', score: 0.6 }],
    'pairs',
    { a: 'A man.', b: 'A boy.', score: 0.6 },
  ],
  [
    'mteb/stsbenchmark-sts',
    [
      {
        ...{ split: 'test', genre: 'main', dataset: 'x', year: '2012', sid: '1', score: 2.5 },
        ...{ sentence1: 'A man.', sentence2: 'A boy.' },
      },
    ],
    'pairs',
    { a: 'A man.', b: 'A boy.', score: 2.5 },
  ],
  ['Salesforce/wikitext', [{ text: ' = A = \n' }], 'text', { text: ' = A = \n' }],
];

describe('a public data set is known by its columns:', () => {
  test.each(sets)('%s', (name, rows, kind, asked) => {
    const task = taskOf(rows, `${name}/data.parquet`);
    expect(task.kind).toBe(kind);
    expect(task.items[0]).toMatchObject(asked);
  });

  test('one choice of letters, and of whole sentences with a blank, counts all that is said', () => {
    const lengthOf = (name: string) => {
      const [, rows] = sets.find((each) => each[0] === name)!;
      return (taskOf(rows, name) as { length?: string }).length;
    };
    expect(['cais/mmlu', 'allenai/winogrande', 'Rowan/hellaswag'].map(lengthOf)).toEqual([
      'sum',
      'sum',
      'per character',
    ]);
  });

  test.each([['-1'], [-1n], ['']])('a part whose answers are kept back (%s) says so', (label) => {
    const rows = [{ goal: 'a', sol1: 'b', sol2: 'c', label }];
    expect(() => taskOf(rows)).toThrow('the answers of this part are kept back');
  });
});

describe('what a person names', () => {
  const rows = [{ q: 'Is it?', ctx: 'It is.', right: false, note: null }];

  test('goes before what is known, with a template of any columns', () => {
    const naming: Naming = {
      kind: 'choice',
      columns: { prompt: 'q', answer: 'right' },
      template: '{ctx}{note} {q} {answer}!',
      options: ['nope', 'yes'],
    };
    expect(taskOf(rows, 'x', naming).items).toEqual([
      { prompt: 'It is. Is it?', choices: [' nope!', ' yes!'], answer: 0 },
    ]);
  });

  test('leaves a line end before the answer to the prompt, for it would end what a model writes', () => {
    const naming: Naming = {
      columns: { prompt: 'q', answer: 'right' },
      template: '{q}\n {answer}',
    };
    expect(taskOf(rows, 'x', naming).items).toEqual([{ prompt: 'Is it?\n', answer: ' false' }]);
  });

  test.each<[string, Naming]>([
    ['but not "other"', { columns: { prompt: 'q', answer: 'right' }, template: '{other}' }],
    ['behind {answer}', { columns: { prompt: 'q', answer: 'right' }, template: '{answer} {q}' }],
    ['but not choices', { kind: 'choice', columns: { prompt: 'q', answer: 'right' } }],
    [
      'nothing stands behind ####',
      { columns: { prompt: 'q', answer: 'ctx' }, place: 'after ####' },
    ],
    [
      '0 blanks',
      {
        kind: 'choice',
        columns: { prompt: 'q', answer: 'right' },
        options: ['a', 'b'],
        place: 'blank',
      },
    ],
    ['no two words', { kind: 'exact', columns: { prompt: 'right' }, place: 'last word' }],
  ])('is refused where it does not fit: %s', (problem, naming) => {
    expect(() => taskOf(rows, 'x', naming)).toThrow(TaskFileError);
    expect(() => taskOf(rows, 'x', naming)).toThrow(problem);
  });
});
