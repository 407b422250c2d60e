import { expect, test } from 'vitest';
import { memorySource } from '../../testing/memory-source.ts';
import { joinedReads } from './joined-reads.ts';

const bytes = Uint8Array.from({ length: 400_000 }, (_, i) => i % 251);
const span = (begin: number, end: number) => ({ model: 'm', file: 0, begin, end });
const { signal } = new AbortController();

/** What each file read was asked for, and the file with these spans joined. */
function joining(
  spans: readonly ReturnType<typeof span>[],
  { most = 2 ** 20, ...facts }: { most?: number; isRemote?: true; ahead?: number } = {},
  failing = 0,
) {
  const asked: (readonly [number, number])[] = [];
  const memory = memorySource('m', bytes);
  const source = {
    ...memory,
    ...facts,
    read: async (...ask: Parameters<typeof memory.read>) => {
      asked.push([ask[0], ask[1]]);
      if (asked.length <= failing) throw new Error('gone');
      return memory.read(...ask);
    },
  };
  const sources = joinedReads(
    spans,
    { weights: () => source, companion: () => source },
    most,
    signal,
  );
  return { asked, file: sources.weights('m', 0) };
}

test('spans that lie near each other are one read, asked for in any order', async () => {
  const { asked, file } = joining([span(100, 108), span(40, 48), span(300_000, 300_008)]);
  const all = [file.read(100, 108), file.read(40, 48), file.read(300_000, 300_008)];
  expect(await Promise.all(all)).toEqual([
    bytes.slice(100, 108),
    bytes.slice(40, 48),
    bytes.slice(300_000, 300_008),
  ]);
  expect(asked).toEqual([
    [40, 108],
    [300_000, 300_008],
  ]);
});

test('what is far from the next is one read where a request takes as long as the bytes between', async () => {
  const { asked, file } = joining([span(0, 8), span(300_000, 300_008)], { ahead: 2 ** 20 });
  expect(await file.read(300_000, 300_008)).toEqual(bytes.slice(300_000, 300_008));
  expect(asked).toEqual([[0, 300_008]]);
});

test('from another server only what was asked for comes', async () => {
  const spans = [span(0, 8), span(8, 16), span(20, 28)];
  const { asked, file } = joining(spans, { isRemote: true, ahead: 2 ** 20 });
  for (const { begin, end } of spans) await file.read(begin, end);
  expect(asked).toEqual([
    [0, 16],
    [20, 28],
  ]);
});

test('what there is no room for is read by itself', async () => {
  const spans = [span(0, 8), span(92, 100), span(200_000, 200_008), span(200_092, 200_100)];
  const { asked, file } = joining(spans, { most: 150 });
  for (const { begin, end } of spans) {
    expect(await file.read(begin, end)).toEqual(bytes.slice(begin, end));
  }
  expect(asked).toEqual([
    [0, 100],
    [200_000, 200_008],
    [200_092, 200_100],
  ]);
});

test('what could not be read together is read by itself', async () => {
  const { asked, file } = joining([span(0, 8), span(92, 100)], {}, 1);
  expect(await file.read(92, 100)).toEqual(bytes.slice(92, 100));
  expect(asked).toEqual([
    [0, 100],
    [92, 100],
  ]);
});
