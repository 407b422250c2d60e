import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { fakeSurroundings } from '../testing/fake-surroundings.ts';
import { type StubAnswer, stubFetch } from '../testing/stub-fetch.ts';
import { scoreBoard } from './scores.ts';

const hubUrl = 'https://hub.test';

const table = parquetWriteBuffer({
  columnData: [
    { name: 'fullname', data: ['org/a', 'org/b', 'org/b'], type: 'STRING' },
    { name: 'Precision', data: ['float16', 'float16', 'bfloat16'], type: 'STRING' },
    { name: 'Average ⬆️', data: [10.5, 20, 21.25], type: 'DOUBLE' },
    { name: 'IFEval', data: [1, 2, 3], type: 'DOUBLE' },
    { name: 'BBH', data: [4, 5, 6], type: 'DOUBLE' },
    { name: 'unused', data: ['x', 'y', 'z'], type: 'STRING' },
  ],
});

function board(answer: StubAnswer) {
  const { fetch, requests } = stubFetch(hubUrl, answer);
  const connection = { hubUrl, token: null, fetch };
  return { scores: scoreBoard(connection, { surroundings: fakeSurroundings() }), requests };
}

test('the scores of a model are read in one request, and of the next in none', async () => {
  const { scores, requests } = board(() => new Response(table.slice(0)));
  expect(await scores.of('org/b')).toEqual({
    average: 21.25,
    benchmarks: { IFEval: 3, BBH: 6 },
    precision: 'bfloat16',
    source: 'https://hub.test/datasets/open-llm-leaderboard/contents',
  });
  expect(await scores.of('org/a')).toMatchObject({ average: 10.5 });
  expect(requests.map(({ path }) => path)).toEqual([
    '/datasets/open-llm-leaderboard/contents/resolve/main/data/train-00000-of-00001.parquet',
  ]);
});

test('a model that is not on the board has none', async () => {
  const { scores } = board(() => new Response(table.slice(0)));
  expect(await scores.of('org/unknown')).toBeNull();
});

test.each([
  ['missing', () => new Response('', { status: 404 })],
  ['no Parquet', () => new Response('<html>')],
])('a board that is %s is silently absent, and asked for again', async (_, answer) => {
  const { scores, requests } = board(answer);
  expect(await scores.of('org/a')).toBeNull();
  expect(await scores.of('org/a')).toBeNull();
  expect(requests).toHaveLength(2);
});
