import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { fakeSession } from '../../testing/session.ts';
import { takeTaskFiles } from './add-files.ts';

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
