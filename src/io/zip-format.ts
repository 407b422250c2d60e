/**
 * Records of a ZIP archive whose files are stored as they are (PKWARE APPNOTE 6.3.10: 4.3.7 local headers,
 * 4.3.12 central directory, 4.3.14 to 4.3.16 its end, 4.5.3 sizes beyond 4 GiB).
 */
export type ZipEntry = {
  /** UTF-8, with slashes. */
  readonly path: string;
  readonly size: number;
  readonly crc32: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
};

const most32 = 0xffff_ffff;
const most16 = 0xffff;
/** Names are UTF-8. */
const utf8Flag = 1 << 11;
/** Version 4.5, the first with sizes beyond 4 GiB. */
const version = 45;

/** What stands before a file's bytes. */
export function localHeader(entry: ZipEntry): Uint8Array<ArrayBuffer> {
  const isLarge = entry.size >= most32;
  const size = isLarge ? most32 : entry.size;
  const extra = isLarge ? sizesBeyond([entry.size, entry.size]) : new Uint8Array();
  const name = new TextEncoder().encode(entry.path);
  const fixed = record([
    ...[u32(0x04034b50), u16(version), u16(utf8Flag), u16(0), ...dosTime(entry.modified)],
    ...[u32(entry.crc32), u32(size), u32(size), u16(name.length), u16(extra.length)],
  ]);
  return joined([fixed, name, extra]);
}

/** What stands after the last file. `entries` in order, each with the byte its local header begins at. */
export function centralDirectory(
  entries: readonly (ZipEntry & { readonly at: number })[],
  begin: number,
): Uint8Array<ArrayBuffer> {
  const rows = entries.map((entry) => centralHeader(entry, entry.at));
  const length = rows.reduce((sum, row) => sum + row.length, 0);
  const count = entries.length;
  const isLarge = begin >= most32 || length >= most32 || count >= most16;
  const end = record([
    ...[u32(0x06054b50), u16(0), u16(0), u16(Math.min(count, most16))],
    ...[u16(Math.min(count, most16)), u32(Math.min(length, most32)), u32(Math.min(begin, most32))],
    u16(0),
  ]);
  if (!isLarge) return joined([...rows, end]);
  const largeEnd = record([
    ...[u32(0x06064b50), u64(44), u16(version), u16(version), u32(0), u32(0)],
    ...[u64(count), u64(count), u64(length), u64(begin)],
  ]);
  const locator = record([u32(0x07064b50), u32(0), u64(begin + length), u32(1)]);
  return joined([...rows, largeEnd, locator, end]);
}

function centralHeader(entry: ZipEntry, at: number): Uint8Array<ArrayBuffer> {
  const large = [
    ...(entry.size >= most32 ? [entry.size, entry.size] : []),
    ...(at >= most32 ? [at] : []),
  ];
  const extra = large.length > 0 ? sizesBeyond(large) : new Uint8Array();
  const size = Math.min(entry.size, most32);
  const name = new TextEncoder().encode(entry.path);
  const fixed = record([
    ...[u32(0x02014b50), u16(version), u16(version), u16(utf8Flag), u16(0)],
    ...[...dosTime(entry.modified), u32(entry.crc32), u32(size), u32(size), u16(name.length)],
    ...[u16(extra.length), u16(0), u16(0), u16(0), u32(0), u32(Math.min(at, most32))],
  ]);
  return joined([fixed, name, extra]);
}

/** The extra field with the numbers whose own fields hold 0xFFFFFFFF. */
function sizesBeyond(numbers: readonly number[]): Uint8Array<ArrayBuffer> {
  return record([u16(1), u16(8 * numbers.length), ...numbers.map(u64)]);
}

/** Local time, in steps of two seconds, from 1980 on. */
function dosTime(modified: number): readonly [Field, Field] {
  const date = new Date(modified);
  const year = Math.max(0, date.getFullYear() - 1980);
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  const day = (year << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  return [u16(time), u16(day)];
}

type Field = { readonly bytes: 2 | 4 | 8; readonly value: number };
const u16 = (value: number): Field => ({ bytes: 2, value });
const u32 = (value: number): Field => ({ bytes: 4, value });
const u64 = (value: number): Field => ({ bytes: 8, value });

function record(fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, { bytes }) => sum + bytes, 0)));
  let at = 0;
  for (const { bytes, value } of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
