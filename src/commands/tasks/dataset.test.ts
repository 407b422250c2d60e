import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asText } from '../../testing/fake-hub/content.ts';
import { type FakeHub, startFakeHub } from '../../testing/fake-hub/server.ts';
import { wordTasks } from '../../testing/fake-hub/word-tasks.ts';
import { fakeSession } from '../../testing/session.ts';
import { openConverted, openDatasetAt, stopDataset, takeDatasetFile } from './dataset.ts';
import { bytesOfSample, sampleOf, takeNamed } from './name-columns.ts';

/** Two columns, one of which is large, in row groups of a hundred rows. */
const wide = parquetWriteBuffer({
  columnData: [
    { name: 'question', data: Array.from({ length: 2000 }, (_, i) => `${i}?`), type: 'STRING' },
    { name: 'answer', data: Array.from({ length: 2000 }, (_, i) => `${i}`), type: 'STRING' },
    {
      name: 'image',
      data: Array.from({ length: 2000 }, (_, i) => `${i}`.repeat(500)),
      type: 'STRING',
    },
  ],
  codec: 'UNCOMPRESSED',
  rowGroupSize: 100,
});

let hub: FakeHub;
beforeAll(async () => {
  const gated = { id: 'ann/gated', type: 'dataset', gated: 'manual' } as const;
  hub = await startFakeHub({
    repos: [
      wordTasks(),
      { ...gated, files: { 'a.csv': asText('prompt,answer\n1,2\n') } },
      { id: 'ann/wide', type: 'dataset', files: { 'wide.parquet': new Uint8Array(wide) } },
      {
        ...{ id: 'ann/odd', type: 'dataset' },
        files: {
          'empty.jsonl': asText(''),
          'cut.parquet': asText('PAR1, and no more'),
          'a.py': asText(''),
        },
      },
      { id: 'ann/none', type: 'dataset', files: { 'a.py': asText('') } },
    ],
  });
});
afterAll(() => hub.close());

function onHub(token: string | null = null) {
  const session = fakeSession();
  session.hub.setState({ hubUrl: hub.url, token });
  return session;
}

async function opened(session: ReturnType<typeof onHub>, asked: string) {
  await openDatasetAt(session, asked);
  const { dataset } = session.taskFiles.getState();
  if (dataset?.kind !== 'open') throw new Error(JSON.stringify(dataset));
  return dataset;
}

async function take(session: ReturnType<typeof onHub>, asked: string, path: string) {
  const { info, files } = await opened(session, asked);
  await takeDatasetFile(session, info, files.find((file) => file.path === path)!);
  const { dataset, unnamed } = session.taskFiles.getState();
  return { info, unnamed, failure: dataset?.kind === 'open' ? dataset.failure : null };
}

test('files of rows are listed, at a commit, and become tasks that say where they come from', async () => {
  const session = onHub();
  const { info, unnamed } = await take(session, 'amalgam/word-tasks', 'lines.jsonl');
  expect(session.view.getState().dialog).toBe('task-columns');
  await takeNamed(session, unnamed[0], {}, { title: unnamed[0].sheet.title });
  expect(session.scores.getState().tasks).toMatchObject([
    {
      ...{ id: 'own/word-tasks lines', kind: 'exact' },
      source: {
        from: { kind: 'hub', repo: 'amalgam/word-tasks', commit: info.commit, path: 'lines.jsonl' },
        rows: { taken: 8, of: 8 },
      },
    },
  ]);
  const paths = (await opened(session, 'amalgam/word-tasks')).files.map(({ path }) => path);
  expect(paths).toEqual(['lines.jsonl', 'words/test-00000-of-00001.parquet']);
});

test('the Hub’s own conversion is a branch of the same data set', async () => {
  const session = onHub();
  const { info } = await opened(session, 'amalgam/word-tasks');
  await openConverted(session, info);
  expect(session.taskFiles.getState().dataset).toMatchObject({
    info: { revision: 'refs/convert/parquet' },
    files: [{ path: 'words/test/0000.parquet' }],
  });
});

test('an address of a file, or of the viewer, shows that part', async () => {
  const at = (address: string) =>
    opened(onHub(), `${hub.url}/datasets/amalgam/word-tasks/${address}`);
  expect(await at('blob/main/lines.jsonl')).toMatchObject({ filter: 'lines.jsonl' });
  expect(await at('viewer/words/test')).toMatchObject({ filter: 'words/test' });
  expect(await at('viewer/default/train')).toMatchObject({ filter: '' });
});

test('of a Parquet file only columns and rows that are asked are fetched, as is told before', async () => {
  const session = onHub();
  const { unnamed } = await take(session, 'ann/wide', 'wide.parquet');
  const [{ sheet }] = unnamed;
  expect([sheet.count, sheet.columns]).toEqual([2000, ['question', 'answer', 'image']]);
  const sent = () =>
    hub.requests
      .filter(({ origin, method }) => origin === 'cdn' && method === 'GET')
      .reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  hub.forgetRequests();
  const wanted = ['question', 'answer'];
  const told = sheet.bytes(wanted, 150);
  await takeNamed(session, unnamed[0], {}, { title: 'wide', most: 150 });
  expect(session.scores.getState().tasks[0].items).toHaveLength(150);
  expect(sent()).toBeLessThan(wide.byteLength / 20);
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThan(wide.byteLength / 20);
  expect(sheet.bytes(sheet.columns, 2000)).toBeGreaterThan(wide.byteLength * 0.9);
  expect(bytesOfSample(sheet)).toBeLessThan(wide.byteLength / 10);
  expect((await sampleOf(sheet, new AbortController().signal)).rows).toHaveLength(50);
});

test.each<[asked: string, token: string | null, message: string]>([
  ['ann/missing', null, 'there is no such repo, or it is private'],
  ['ann/wide@v9', null, 'no such branch, tag or commit'],
  ['ann/wide@refs/convert/parquet', null, 'the Hub has not converted this data set'],
  ['gsm8k', null, '“gsm8k” is not the name of a data set'],
  ['ann/wide', 'hf_wrong', 'the token is not valid'],
])('%s with token %s is told as an error, and nothing is lost', async (asked, token, message) => {
  const session = onHub(token);
  await openDatasetAt(session, asked);
  const { dataset } = session.taskFiles.getState();
  expect(dataset).toMatchObject({ kind: 'failed', asked });
  expect((dataset as { failure: { message: string } }).failure.message).toContain(message);
});

test.each([
  ['ann/gated', 'a.csv', 'the page of the data set, accept its terms'],
  ['ann/odd', 'empty.jsonl', 'The file is empty.'],
  ['ann/odd', 'cut.parquet', 'Found no Parquet file that can be read'],
])('why %s/%s cannot be opened is told beside the list', async (asked, path, message) => {
  const { failure, unnamed } = await take(onHub(), asked, path);
  expect(`${failure?.message} ${failure?.advice}`).toContain(message);
  expect(unnamed).toEqual([]);
});

test('whom the owner of a gated data set has not let in is shown its page', async () => {
  const { failure } = await take(onHub(), 'ann/gated', 'a.csv');
  expect(failure?.link).toBe(`${hub.url}/datasets/ann/gated`);
});

test('a data set without files of rows says so by an empty list', async () => {
  expect((await opened(onHub(), 'ann/none')).files).toEqual([]);
});

test('what is under way can be stopped', async () => {
  const session = onHub();
  const opening = openDatasetAt(session, 'amalgam/word-tasks');
  expect(session.taskFiles.getState().dataset?.kind).toBe('opening');
  stopDataset(session);
  await opening;
  expect(session.taskFiles.getState().dataset).toBeNull();
});
