import { describe, expect, test } from 'vitest';
import { taskKey } from '../key.ts';
import type { Columns, TaskKind } from '../naming.ts';
import { recognise } from './columns.ts';
import { readCsv } from './csv.ts';
import { taskFrom } from './own-task.ts';
import { limits, TaskFileError } from './problems.ts';
import { tableIn, tableOfRows } from './read-file.ts';
import { taskOfText } from './text.ts';

const readTaskFile = (file: string, text: string) => taskFrom(tableIn(file, text)!, file);

const problemsOf = (read: () => unknown) => {
  try {
    read();
  } catch (error) {
    if (error instanceof TaskFileError) return error.problems;
    throw error;
  }
  throw new Error('was read without a problem');
};

describe('CSV', () => {
  test('has quotes, doubled quotes, separators and line ends within quotes', () => {
    const { rows } = readCsv('x.csv', 'prompt,answer\n"a, ""b""\nc",d\r\n\r\ne,"f"\n');
    expect(rows).toEqual([
      { place: 'line 2', cells: { prompt: 'a, "b"\nc', answer: 'd' } },
      { place: 'line 5', cells: { prompt: 'e', answer: 'f' } },
    ]);
  });

  test('may begin with a byte order mark and end without a line end', () => {
    const { columns, rows } = readCsv('x.csv', '\uFEFFprompt,answer\n1,2');
    expect(columns).toEqual(['prompt', 'answer']);
    expect(rows[0].cells).toEqual({ prompt: '1', answer: '2' });
  });

  test.each([
    ['semicolon', 'prompt;answer\n1,5;2'],
    ['tab', 'prompt\tanswer\n1,5\t2'],
    ['bar', 'prompt|answer\n1,5|2'],
  ])('may have a %s between values', (_, text) => {
    expect(readCsv('x.csv', text).rows[0].cells).toEqual({ prompt: '1,5', answer: '2' });
  });

  test('keeps an empty value at the end of a line, and of the file', () => {
    expect(readCsv('x.csv', 'a,b\n1,\n,').rows.map(({ cells }) => cells)).toEqual([
      { a: '1', b: '' },
      { a: '', b: '' },
    ]);
  });

  test.each([
    ['a,b\n1,2,3', 'line 2: found 3 values; expected 2'],
    ['a,b\n"1\n2",3\n"4,5', 'line 4: a quote is opened and never closed.'],
    ['a,b\n"1" x,2', 'line 2: there is text behind a closing quote.'],
    ['a,a\n1,2', 'line 1: more than one column is named "a".'],
    ['', 'The file is empty.'],
  ])('of %j is refused', (text, problem) => {
    expect(problemsOf(() => readCsv('x.csv', text))[0]).toContain(problem);
  });
});

describe('JSON', () => {
  test('is one object a line, an array, or an object with one list in it', () => {
    const items = [{ prompt: 'a', answer: '1' }];
    const texts = ['{"prompt":"a","answer":1}\n\n', JSON.stringify(items)];
    for (const text of [...texts, JSON.stringify({ title: 'x', rows: items })]) {
      const { task } = readTaskFile('x.jsonl', text);
      expect(task).toMatchObject({ id: 'own/x.jsonl', kind: 'exact', items });
    }
  });

  test('tells every line that is none, up to ten', () => {
    const lines = ['{"prompt":"a","answer":"b"}', '{"prompt":', '[1]', 'x'].join('\n');
    expect(problemsOf(() => readTaskFile('x.jsonl', lines))).toEqual([
      'line 2: found no valid JSON; expected one JSON object on the line.',
      'line 3: found [1]; expected one JSON object on the line.',
      'line 4: found no valid JSON; expected one JSON object on the line.',
    ]);
    const many = Array.from({ length: 40 }, () => 'x').join('\n');
    expect(() => readTaskFile('x.jsonl', many)).toThrow('… and 30 more.');
    const other = 'no row\n'.repeat(5000);
    expect(() => readTaskFile('x.jsonl', other)).toThrow('… and at least 990 more.');
  });
});

describe('columns', () => {
  test.each<[readonly string[], TaskKind, Columns]>([
    [['id', 'Question', 'Answer'], 'exact', { prompt: 'Question', answer: 'Answer' }],
    [['instruction', 'output'], 'exact', { prompt: 'instruction', answer: 'output' }],
    [
      ['question', 'choices', 'answerKey'],
      'choice',
      { prompt: 'question', choices: 'choices', answer: 'answerKey' },
    ],
    [['ctx', 'endings', 'label'], 'choice', { prompt: 'ctx', choices: 'endings', answer: 'label' }],
    [
      ['question', 'A', 'B', 'C', 'D', 'answer'],
      'choice',
      { prompt: 'question', choices: ['A', 'B', 'C', 'D'], answer: 'answer' },
    ],
    [
      ['goal', 'sol1', 'sol2', 'label'],
      'choice',
      { prompt: 'goal', choices: ['sol1', 'sol2'], answer: 'label' },
    ],
    [
      ['sentence1', 'sentence2', 'similarity_score'],
      'pairs',
      { a: 'sentence1', b: 'sentence2', score: 'similarity_score' },
    ],
    [['url', 'text'], 'text', { text: 'text' }],
  ])('%j are %s', (columns, kind, found) => {
    expect(recognise(columns)).toEqual({ kind, columns: found });
  });

  test('are named by a person where nothing tells them', () => {
    const table = readCsv('x.csv', 'Frage,Antwort\nWer?,Ich');
    expect(problemsOf(() => taskFrom(table, 'x'))[0]).toContain('"Frage", "Antwort"');
    const columns = { prompt: 'Frage', answer: 'Antwort' };
    expect(taskFrom(table, 'x', { columns }).task).toMatchObject({
      kind: 'exact',
      items: [{ prompt: 'Wer?', answer: 'Ich' }],
    });
    const wrong = { kind: 'exact', columns: { ...columns, answer: 'Nichts' } } as const;
    expect(problemsOf(() => taskFrom(table, 'x', wrong)).join(' ')).toContain('but not "Nichts"');
    expect(problemsOf(() => taskFrom(table, 'x', { kind: 'pairs' })).join(' ')).toContain(
      'but not a, b, score',
    );
  });
});

describe('rows', () => {
  const choices = (rows: readonly Record<string, unknown>[]) =>
    taskFrom(tableOfRows('x.parquet', Object.keys(rows[0]), rows), 'x').task.items;

  test.each([
    ['a letter', { choices: ['x', 'y', 'z'], answer: 'C' }],
    ['a number from 0', { choices: ['x', 'y', 'z'], answer: 2n }],
    ['its text', { choices: ['x', 'y', 'z'], answer: 'z' }],
    ['a label', { choices: { text: ['x', 'y', 'z'], label: ['1', '2', '3'] }, answer: '3' }],
    ['a list as text', { choices: '["x", "y", "z"]', answer: '2' }],
  ])('say the right choice by %s', (_, cells) => {
    const [item] = choices(
      [
        { prompt: 'q', ...cells },
        { prompt: 'r', choices: ['x', 'y'], answer: '0' },
      ].slice(0, cells.answer === '2' || cells.answer === 2n ? 2 : 1),
    );
    expect(item).toEqual({ prompt: 'q', choices: ['x', 'y', 'z'], answer: 2 });
  });

  test('count from 1 where a number is as large as its row has choices, and none is 0', () => {
    const rows = [1, 2].map((label) => ({ goal: `${label}`, sol1: 'x', sol2: 'y', label }));
    expect(choices(rows)).toMatchObject([{ answer: 0 }, { answer: 1 }]);
  });

  test('that lack something are told by their places, all at once', () => {
    const rows = [
      { sentence1: 'a', sentence2: '', score: 1 },
      { sentence1: 'a', sentence2: 'b', score: 'high' },
      { sentence1: null, sentence2: 'b', score: 2 },
    ];
    const table = tableOfRows('x.parquet', Object.keys(rows[0]), rows);
    expect(problemsOf(() => taskFrom(table, 'x'))).toEqual([
      'row 1: "sentence2" is empty.',
      'row 2: "score" is not a number.',
      'row 3: "sentence1" is not a text.',
    ]);
    expect(problemsOf(() => choices([{ prompt: 'q', choices: ['x', 'y'], answer: 'E' }]))).toEqual([
      'row 1: the answer "E" is none of the 2 choices.',
    ]);
  });

  test('beyond the limit are left out, and that is said', () => {
    const rows = Array.from({ length: limits.items + 5 }, () => ({ text: 'x' }));
    const { task, notes } = taskFrom(tableOfRows('x.parquet', ['text'], rows), 'x');
    expect(task.items).toHaveLength(limits.items);
    expect(notes).toEqual(['The first 20,000 of 20,005 rows are taken.']);
  });

  test('of a file that nobody mends are left out up to half of them, and the first is told', () => {
    const rows = ['b', '', 'd', ''].map((answer) => ({ prompt: 'a', answer }));
    const table = tableOfRows('x.parquet', ['prompt', 'answer'], rows);
    const { task, notes } = taskFrom(table, 'x');
    expect(task.items).toHaveLength(2);
    expect(notes).toEqual(['2 rows are left out; row 2: "answer" is empty.']);
    const byHand = { ...table, isFixed: false };
    expect(problemsOf(() => taskFrom(byHand, 'x'))).toHaveLength(2);
    const most = tableOfRows('x.parquet', ['prompt', 'answer'], rows.slice(1));
    expect(problemsOf(() => taskFrom(most, 'x'))).toHaveLength(2);
  });

  test('without text are no texts, and no problem: files of Wikipedia have many', () => {
    const rows = ['', ' = Heading = \n', '', 'A text.'].map((text) => ({ text }));
    const { task, notes } = taskFrom(tableOfRows('x.parquet', ['text'], rows), 'x');
    expect(task.items).toMatchObject([{ text: ' = Heading = \n' }, { text: 'A text.' }]);
    expect(notes).toEqual(['2 rows without text are left out.']);
  });
});

describe('a text', () => {
  test('is cut at line ends and spaces, without losing a character', () => {
    const text = `${'word '.repeat(50)}\n${'line\n'.repeat(40)}${'x'.repeat(130)}😀${'y'.repeat(90)}`;
    const { items } = taskOfText('t', text, null, 100);
    expect(items.map((item) => item.text).join('')).toBe(text);
    expect(items.every((item) => item.text.length <= 100)).toBe(true);
    expect(items[0].context).toBe('');
    expect(items[1].context).toBe(items[0].text);
    expect(items.some((item) => /[\uD800-\uDBFF]$/.test(item.text))).toBe(false);
    expect(taskOfText('short', text.slice(0, 200)).items.length).toBeGreaterThan(3);
  });

  test('is what a file of any other name is', () => {
    expect(tableIn('a/story.txt', 'Once upon a time')).toBeNull();
    const from = { kind: 'file', name: 'story.txt' } as const;
    expect(taskOfText('story.txt', 'Once upon a time', from)).toMatchObject({
      title: 'story.txt',
      kind: 'text',
      items: [{ context: '', text: 'Once upon a time' }],
      source: { from, rows: { taken: 1, of: 1 } },
    });
    expect(problemsOf(() => taskOfText('x.txt', ' \n'))).toEqual(['The text is empty.']);
  });
});

describe('where a task comes from', () => {
  const from = { kind: 'file', name: 'test.csv' } as const;

  test('is kept with it: file, naming, and how many rows of how many', () => {
    const { task } = taskFrom(
      readCsv('test.csv', 'Frage,answer\n1,2'),
      'test.csv',
      { columns: { prompt: 'Frage' } },
      from,
    );
    expect(task.source).toEqual({
      from,
      naming: { kind: 'exact', columns: { prompt: 'Frage', answer: 'answer' } },
      rows: { taken: 1, of: 1 },
    });
  });

  test('does not make it another task to ask', () => {
    const { task } = taskFrom(readCsv('a.csv', 'prompt,answer\n1,2'), 'a', {}, from);
    expect(taskKey(task)).toBe(taskKey({ ...task, source: undefined }));
  });
});

describe('hostile rows', () => {
  test('one line of JSON lines is a row, also where it holds a list of objects', () => {
    const choices = [
      { text: 'a', label: '1' },
      { text: 'b', label: '2' },
    ];
    const row = JSON.stringify({ question: 'q', choices, answerKey: '2' });
    const { task } = readTaskFile('x.jsonl', row);
    expect(task.items).toEqual([{ prompt: 'q', choices: ['a', 'b'], answer: 1 }]);
    const listed = readTaskFile('x.json', `{"about":"this","rows":[${row}]}`);
    expect(listed.task.items).toEqual(task.items);
  });

  test('a gap between choices does not give the others the letters of their neighbours', () => {
    const read = () => readTaskFile('x.csv', 'question,A,B,C,D,answer\nq,x,,y,z,C\n');
    expect(problemsOf(read)).toEqual(['line 2: a choice is empty.']);
    const { task } = readTaskFile('x.csv', 'question,A,B,C,D,answer\nq,x,y,,,B\nr,w,x,y,z,D\n');
    expect(task.items).toEqual([
      { prompt: 'q', choices: ['x', 'y'], answer: 1 },
      { prompt: 'r', choices: ['w', 'x', 'y', 'z'], answer: 3 },
    ]);
  });

  test('an empty answer is not the first of choices that have no labels', () => {
    const row = (answer: unknown) =>
      JSON.stringify({ question: 'q', choices: [{ text: 'a' }, { text: 'b' }], answer });
    const read = () => readTaskFile('x.jsonl', `${row('')}\n${row(1)}`);
    expect(problemsOf(read)).toEqual(['line 1: the answer "" is none of the 2 choices.']);
  });

  test('choices that are objects are none', () => {
    const read = () =>
      readTaskFile('x.jsonl', '{"question":"q","choices":[{"x":1},{"y":2}],"answer":0}');
    expect(problemsOf(read)).toEqual(['line 1: there are no two choices.']);
  });

  test('an answer that is an object, or a list with large integers, is told like others', () => {
    const row = { question: 'q', choices: ['a', 'b'] };
    const said = '{"question":"q","choices":["a","b"],"answer":{"toString":1}}';
    expect(problemsOf(() => readTaskFile('x.jsonl', said))).toEqual([
      'line 1: the answer {"toString":1} is none of the 2 choices.',
    ]);
    const rows = [{ ...row, answer: [1n] }];
    const table = { ...tableOfRows('x', Object.keys(rows[0]), rows), isFixed: false };
    expect(problemsOf(() => taskFrom(table, 'x'))).toEqual([
      'row 1: the answer [1] is none of the 2 choices.',
    ]);
    expect(
      problemsOf(() => readTaskFile('x.jsonl', '{"text":{"toString":1,"valueOf":2}}')),
    ).toEqual(['line 1: "text" is not a text.']);
  });

  test('a blank or a list is no score', () => {
    const csv = () => readTaskFile('x.csv', 'sentence1,sentence2,score\na,b,  \nc,d,1\n');
    expect(problemsOf(csv)).toEqual(['line 2: "score" is not a number.']);
    const json = () => readTaskFile('x.jsonl', '{"sentence1":"a","sentence2":"b","score":[]}');
    expect(problemsOf(json)).toEqual(['line 1: "score" is not a number.']);
  });
});
