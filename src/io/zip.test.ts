import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { readZip } from '../../e2e/fixtures/zip.ts';
import { zipOf } from './zip.ts';
import { centralDirectory, localHeader } from './zip-format.ts';

const at = new Date(2026, 10, 27, 13, 5, 8).getTime();
const file = (path: string, content: string) => ({
  path,
  file: new File([content], path.split('/').at(-1)!, { lastModified: at }),
});

test('an archive holds every file under its folder, whole, with its time', async () => {
  const files = [file('config.json', '{}'), file('unet/modèle.bin', 'weights'), file('empty', '')];
  const zip = await zipOf('my merge', files);
  const bytes = Buffer.from(await zip.arrayBuffer());
  const found = Object.entries(readZip(bytes)); // checks what it reads against the checksums
  expect(found.map(([path, content]) => [path, content.toString()])).toEqual([
    ['my merge/config.json', '{}'],
    ['my merge/unet/modèle.bin', 'weights'],
    ['my merge/empty', ''],
  ]);
  expect(bytes.readUInt16LE(10)).toBe((13 << 11) | (5 << 5) | 4);
  expect(bytes.readUInt16LE(12)).toBe((46 << 9) | (11 << 5) | 27);
});

test('the bytes of a file stand in it as they are', async () => {
  const zip = await zipOf('m', [file('a', 'as it is')]);
  expect(await zip.text()).toContain('as it is');
});

const five = 5 * 2 ** 30;
const large = { path: 'big', size: five, crc32: crc32('x'), modified: at };
const number64 = (bytes: Uint8Array, begin: number) =>
  Number(new DataView(bytes.buffer).getBigUint64(begin, true));
const number32 = (bytes: Uint8Array, begin: number) =>
  new DataView(bytes.buffer).getUint32(begin, true);

test('a file beyond 4 GiB has its size in the extra field, and says so', () => {
  const header = localHeader(large);
  expect(number32(header, 18)).toBe(0xffff_ffff);
  expect(number32(header, 22)).toBe(0xffff_ffff);
  expect(number64(header, 30 + 3 + 4)).toBe(five);
  expect(number64(header, 30 + 3 + 12)).toBe(five);
});

test('a directory beyond 4 GiB is found through the locator', () => {
  const small = { ...large, path: 'b', size: 3 };
  const begin = five + 100;
  const directory = centralDirectory([{ ...small, at: five }], begin);
  const rows = 46 + 1 + 12;
  expect(number32(directory, 42)).toBe(0xffff_ffff);
  expect(number64(directory, 46 + 1 + 4)).toBe(five);
  expect(number32(directory, rows)).toBe(0x06064b50);
  expect(number64(directory, rows + 24)).toBe(1);
  expect(number64(directory, rows + 40)).toBe(rows);
  expect(number64(directory, rows + 48)).toBe(begin);
  const locator = rows + 56;
  expect(number32(directory, locator)).toBe(0x07064b50);
  expect(number64(directory, locator + 8)).toBe(begin + rows);
  expect(number32(directory, locator + 20)).toBe(0x06054b50);
  expect(number32(directory, locator + 20 + 16)).toBe(0xffff_ffff);
  expect(directory).toHaveLength(locator + 20 + 22);
});

test('with 65,535 files and more the count stands in the larger record', () => {
  const entries = Array.from({ length: 65_535 }, (_, i) => ({
    ...{ path: String(i), size: 0, crc32: 0, modified: at },
    at: i * 40,
  }));
  const directory = centralDirectory(entries, 3_000_000);
  const end = directory.length - 22;
  expect(number32(directory, end - 20)).toBe(0x07064b50);
  expect(number64(directory, end - 20 - 56 + 32)).toBe(65_535);
});
