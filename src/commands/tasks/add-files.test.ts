import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { fakeSession } from '../../testing/session.ts';
import { takeTaskFiles } from './add-files.ts';
import { nameAgain, nameRefused, passOver, takeNamed } from './name-columns.ts';

const file = (path: string, content: BlobPart) => ({ path, file: new File([content], path) });

const rows = Array.from({ length: 3 }, (_, i) => i);

const parquet = (columns: Readonly<Record<string, readonly string[]>>) =>
  parquetWriteBuffer({
    columnData: Object.entries(columns).map(([name, data]) => ({
      ...{ name, data: [...data] },
      type: 'STRING' as const,
    })),
  });

test('files of many kinds are a task each, called as the file is', async () => {
  const session = fakeSession();
  const word = { question: rows.map((i) => `q${i}`), answer: rows.map((i) => `a${i}`) };
  await takeTaskFiles(session, [
    file('test.csv', 'prompt,answer\n1,2\n'),
    file('test.jsonl', '{"prompt":"1","answer":"2"}'),
    file('test.parquet', parquet({ other: rows.map(String), ...word })),
    file('test.txt', 'Once upon a time'),
  ]);
  const { tasks } = session.scores.getState();
  expect(tasks.map(({ id, kind }) => [id, kind])).toEqual([
    ['own/test.csv', 'exact'],
    ['own/test.jsonl', 'exact'],
    ['own/test.parquet', 'exact'],
    ['own/test.txt', 'text'],
  ]);
  expect(tasks[2].items).toEqual(rows.map((i) => ({ prompt: `q${i}`, answer: `a${i}` })));
  expect(tasks[2].source).toEqual({
    from: { kind: 'file', name: 'test.parquet' },
    naming: { kind: 'exact', columns: { prompt: 'question', answer: 'answer' } },
    rows: { taken: 3, of: 3 },
  });
});

test('what is wrong with one file is told beside the tasks of the others', async () => {
  const session = fakeSession();
  await takeTaskFiles(session, [
    file('bad.csv', 'prompt,answer\n1,2,3\n'),
    file('none.parquet', parquet({ prompt: [], answer: [] })),
    file('cut.parquet', 'PAR1 and no more'),
    file('good.csv', 'prompt,answer\n1,2\n'),
  ]);
  expect(session.scores.getState().tasks.map(({ title }) => title)).toEqual(['good.csv']);
  expect(session.taskFiles.getState().refused.map(({ failure }) => failure.message)).toEqual([
    expect.stringContaining('bad.csv: line 2: found 3 values'),
    'none.parquet: There are no rows.',
    expect.stringContaining('cut.parquet: Found no Parquet file that can be read'),
  ]);
  await takeTaskFiles(session, [file('next.csv', 'prompt,answer\n1,2\n')]);
  expect(session.taskFiles.getState().refused).toEqual([]);
});

test('files with other columns are asked about, one after the other', async () => {
  const session = fakeSession();
  const { taskFiles, scores, view } = session;
  await takeTaskFiles(session, [
    file('a.csv', 'Frage,Antwort\nWer?,Ich\n'),
    file('good.csv', 'prompt,answer\n1,2\n'),
    file('b.parquet', parquet({ x: ['1', '2'], y: ['2', '4'] })),
  ]);
  expect(view.getState().dialog).toBe('task-columns');
  const [first] = taskFiles.getState().unnamed;
  const columns = { prompt: 'Frage', answer: 'Antwort' };
  await expect(takeNamed(session, first, { kind: 'text' }, { title: 'a' })).rejects.toThrow('text');
  await takeNamed(session, first, { kind: 'exact', columns }, { title: 'Wer' });
  expect(scores.getState().tasks[1]).toMatchObject({
    ...{ id: 'own/Wer', items: [{ prompt: 'Wer?', answer: 'Ich' }] },
    source: { from: { name: 'a.csv' } },
  });
  expect(view.getState().dialog).toBe('task-columns');
  passOver(session);
  expect(view.getState().dialog).toBeNull();
  expect(scores.getState().tasks.map(({ title }) => title)).toEqual(['good.csv', 'Wer']);
});

test('a task whose columns are named anew takes its own place, also under another name', async () => {
  const session = fakeSession();
  const { taskFiles, scores } = session;
  await takeTaskFiles(session, [file('a.csv', 'prompt,answer,other\n1,2,3\n4,5,6\n')]);
  nameAgain(session, scores.getState().tasks[0]);
  const [unnamed] = taskFiles.getState().unnamed;
  expect(unnamed.naming).toEqual({
    kind: 'exact',
    columns: { prompt: 'prompt', answer: 'answer' },
  });
  const columns = { prompt: 'prompt', answer: 'other' };
  await takeNamed(session, unnamed, { columns }, { title: 'others', most: 1 });
  expect(scores.getState().tasks).toMatchObject([
    { id: 'own/others', items: [{ answer: '3' }], source: { rows: { taken: 1, of: 2 } } },
  ]);
});

test('a file whose columns are recognised wrongly can be named by hand', async () => {
  const session = fakeSession();
  await takeTaskFiles(session, [file('a.csv', 'goal,sol1,sol2,label\n1,2,3,-1\n')]);
  const [{ failure, sheet }] = session.taskFiles.getState().refused;
  expect(failure.message).toContain('the answers of this part are kept back');
  nameRefused(session, sheet!);
  expect(session.taskFiles.getState()).toMatchObject({ refused: [], unnamed: [{ sheet }] });
});

test('a text in UTF-16 is read by its mark, and what is no text is told', async () => {
  const session = fakeSession();
  const csv = 'prompt\tanswer\nWie heißt es?\tKöln\n';
  const little = Buffer.from(`\uFEFF${csv}`, 'utf16le');
  await takeTaskFiles(session, [
    file('little.tsv', little),
    file('big.tsv', Buffer.from(little).swap16()),
    file('latin.tsv', Buffer.from(csv, 'latin1')),
    file('unmarked.tsv', Buffer.from(csv, 'utf16le').subarray(0, 20)),
    file('large.txt', new Uint8Array(192_000_001)),
  ]);
  const { tasks } = session.scores.getState();
  expect(tasks.map(({ title, items }) => [title, items])).toEqual([
    ['little.tsv', [{ prompt: 'Wie heißt es?', answer: 'Köln' }]],
    ['big.tsv', [{ prompt: 'Wie heißt es?', answer: 'Köln' }]],
  ]);
  expect(session.taskFiles.getState().refused.map(({ failure }) => failure.message)).toEqual([
    expect.stringContaining('latin.tsv: Found bytes that are no text in UTF-8'),
    expect.stringContaining('unmarked.tsv: Found characters of the number 0'),
    expect.stringContaining('large.txt: The file has 192,000,001'),
  ]);
});
