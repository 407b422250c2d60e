import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { countingSource, failingSource, memorySource } from '../../testing/memory-source.ts';
import { openParquet } from './read.ts';

const count = 60_000;
const numbers = Array.from({ length: count }, (_, i) => Math.sin(i));
const texts = Array.from({ length: count }, (_, i) => `text ${i}`);

/** A ZSTD frame (RFC 8878) of one block that is not compressed: enough to see that the codec is called. */
function zstdFrame(input: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(12));
  head.setUint32(0, 0xfd2fb528, true);
  head.setUint8(4, 0xa0); // content size in four bytes, no window
  head.setUint32(5, input.length, true);
  const block = (input.length << 3) | 1; // last, raw
  head.setUint8(9, block & 255);
  head.setUint16(10, block >> 8, true);
  return Uint8Array.from([...new Uint8Array(head.buffer), ...input]);
}

const asItIs = (input: Uint8Array) => input;

function parquet(codec: 'SNAPPY' | 'UNCOMPRESSED' | 'ZSTD' | 'GZIP', rows = count) {
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'number', data: numbers.slice(0, rows), type: 'DOUBLE' },
      { name: 'text', data: texts.slice(0, rows), type: 'STRING' },
    ],
    codec,
    compressors: { ZSTD: zstdFrame, GZIP: asItIs },
    rowGroupSize: 10_000,
  });
  return memorySource('a.parquet', new Uint8Array(buffer));
}

describe.each(['SNAPPY', 'UNCOMPRESSED', 'ZSTD'] as const)('compressed with %s', (codec) => {
  test('rows and columns come as they were written', async () => {
    const file = await openParquet(parquet(codec, 300));
    expect([file.rows, file.columns]).toEqual([300, ['number', 'text']]);
    expect(await file.readRows({ columns: ['text', 'number'], begin: 7, end: 9 })).toEqual([
      { number: numbers[7], text: 'text 7' },
      { number: numbers[8], text: 'text 8' },
    ]);
  });
});

test('a few rows of one column cost their chunk, not the file', async () => {
  const source = countingSource(parquet('UNCOMPRESSED'));
  const file = await openParquet(source);
  const footer = source.bytesRead();
  expect(footer).toBe(512 * 1024);
  const rows = await file.readRows({ columns: ['number'], begin: 10, end: 12 });
  expect(rows).toEqual([{ number: numbers[10] }, { number: numbers[11] }]);
  expect(source.reads).toHaveLength(2);
  expect(source.bytesRead() - footer).toBeLessThan(90_000);
});

test('errors of reading pass as they are', async () => {
  await expect(openParquet(failingSource(parquet('SNAPPY'), 10))).rejects.toMatchObject({
    name: 'ReadError',
    tag: 'disk',
  });
});

test('a codec that is not built in is named', async () => {
  const file = await openParquet(parquet('GZIP', 10));
  const wanted = { columns: ['number'], begin: 0, end: 1 };
  await expect(file.readRows(wanted)).rejects.toThrow('GZIP');
});
