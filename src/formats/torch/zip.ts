/**
 * ZIP archives as torch writes them: files stored as they are, nothing after the end record (PKWARE APPNOTE
 * 6.3.10: 4.3.7 local headers, 4.3.12 central directory, 4.3.14 to 4.3.16 its end, 4.5.3 sizes beyond 4 GiB).
 */
import type { ReadableFile } from '../safetensors/header.ts';
import { u64, viewOf } from './bytes.ts';
import { again, quote, type Refusal } from './refusal.ts';

/** What the central directory says of a file. */
export type ZipEntry = {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** How it is compressed; 0 where it is not. */
  readonly method: number;
  /** Byte its local header begins at. */
  readonly at: number;
};

export type Directory = {
  readonly entries: readonly ZipEntry[];
  /** Byte the central directory begins at: the files lie before it. */
  readonly begin: number;
};

const endLength = 22;
const largeEndLength = 56;
const locatorLength = 20;
const centralLength = 46;
/** Holds the end records, and the whole directory of most files. */
const tail = 64 * 1024;
/** About 200,000 entries. */
const maxDirectory = 16 * 2 ** 20;
const most16 = 0xffff;
const most32 = 0xffff_ffff;
/** Encrypted in one of three ways. */
export const secret = (1 << 0) | (1 << 6) | (1 << 13);

/** Whether the last bytes of a file are the end of a ZIP archive. */
function endsAsZip(end: DataView): boolean {
  const at = end.byteLength - endLength;
  return at >= 0 && end.getUint32(at, true) === 0x06054b50 && end.getUint16(at + 20, true) === 0;
}

/** The central directory; null when `file` does not end as a ZIP archive does. */
export async function readDirectory(
  file: ReadableFile,
  refuse: Refusal,
  signal?: AbortSignal,
): Promise<Directory | null> {
  if (file.size < endLength) return null;
  const from = Math.max(0, file.size - tail);
  const last = viewOf(await file.read(from, file.size, signal));
  if (!endsAsZip(last)) return null;
  const place = directoryPlace(last, file.size, refuse);
  if (place.length > maxDirectory) {
    const found = `a directory of ${place.length} bytes`;
    throw refuse('bad-zip', found, `at most ${maxDirectory}`);
  }
  if (place.length === 0) return { entries: [], begin: place.begin };
  const bytes =
    place.begin >= from
      ? new DataView(last.buffer, last.byteOffset + place.begin - from, place.length)
      : viewOf(await file.read(place.begin, place.begin + place.length, signal));
  return { entries: readEntries(bytes, place, refuse), begin: place.begin };
}

type Place = { readonly begin: number; readonly length: number; readonly count: number };

/** Where the directory lies, from the records that end the file; it must touch them. */
function directoryPlace(last: DataView, fileSize: number, refuse: Refusal): Place {
  const damaged = (found: string, expected: string) => refuse('bad-zip', found, expected, again);
  const at = last.byteLength - endLength;
  const disks = [last.getUint16(at + 4, true), last.getUint16(at + 6, true)];
  if (disks.some((disk) => disk !== 0)) throw damaged('a part of a split archive', 'the whole');
  if (last.getUint16(at + 8, true) !== last.getUint16(at + 10, true)) {
    throw damaged('two numbers of entries in the end record', 'the same twice');
  }
  let place: Place = {
    count: last.getUint16(at + 10, true),
    length: last.getUint32(at + 12, true),
    begin: last.getUint32(at + 16, true),
  };
  let end = fileSize - endLength;

  const locator = at - locatorLength;
  if (locator >= 0 && last.getUint32(locator, true) === 0x07064b50) {
    end -= locatorLength + largeEndLength;
    const large = locator - largeEndLength;
    const isThere =
      large >= 0 &&
      last.getUint32(large, true) === 0x06064b50 &&
      u64(last, large + 4) === largeEndLength - 12 &&
      u64(last, locator + 8) === end;
    if (!isThere) throw damaged('no zip64 record where the end of the archive says', 'one there');
    const wide = {
      count: u64(last, large + 32),
      length: u64(last, large + 40),
      begin: u64(last, large + 48),
    };
    const agree =
      u64(last, large + 24) === wide.count &&
      [most16, wide.count].includes(place.count) &&
      [most32, wide.length].includes(place.length) &&
      [most32, wide.begin].includes(place.begin);
    if (!agree) throw damaged('two end records that do not agree', 'the same in both');
    place = wide;
  }
  if (place.begin + place.length !== end) {
    const found = `a directory from byte ${place.begin} to ${place.begin + place.length}`;
    throw damaged(found, `one that ends at byte ${end}, where its end record begins`);
  }
  return place;
}

function readEntries(view: DataView, { begin, count }: Place, refuse: Refusal): ZipEntry[] {
  const damaged = (found: string, expected: string) => refuse('bad-zip', found, expected, again);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let at = 0;
  while (at < view.byteLength) {
    if (at + centralLength > view.byteLength || view.getUint32(at, true) !== 0x02014b50) {
      throw damaged(`no entry of the directory at byte ${begin + at}`, 'one');
    }
    const nameAt = at + centralLength;
    const extraAt = nameAt + view.getUint16(at + 28, true);
    const commentAt = extraAt + view.getUint16(at + 30, true);
    const next = commentAt + view.getUint16(at + 32, true);
    if (next > view.byteLength)
      throw damaged('an entry that ends behind the directory', 'all of it');
    const name = decodeName(view, nameAt, extraAt);
    if (name === null) throw damaged('the name of an entry that is not UTF-8', 'UTF-8');
    if (names.has(name)) throw damaged(`the entry ${quote(name)} twice`, 'each name once');
    names.add(name);

    if (view.getUint16(at + 8, true) & secret) {
      throw refuse('bad-zip', `the encrypted entry ${quote(name)}`, 'entries that anyone can read');
    }
    const method = view.getUint16(at + 10, true);
    const [size, packed, local] = wideNumbers(view, at, extraAt, commentAt);
    if (method === 0 && size !== packed) {
      throw damaged(`${packed} stored bytes of ${quote(name)}`, `${size}, its size`);
    }
    if (local + packed > begin) {
      throw damaged(`${quote(name)} behind the last file`, `all files before byte ${begin}`);
    }
    entries.push({ name, size, method, at: local });
    at = next;
  }
  if (entries.length !== count) {
    throw damaged(`${entries.length} entries in the directory`, `${count}, as its end says`);
  }
  return entries;
}

/** torch writes files as they are, so that they can be read in place. */
export function refuseCompressed(entries: readonly ZipEntry[], refuse: Refusal): void {
  const entry = entries.find(({ method }) => method !== 0);
  if (!entry) return;
  const found = `the compressed entry ${quote(entry.name)} (method ${entry.method})`;
  throw refuse('bad-zip', found, 'entries stored as they are, as torch.save writes them');
}

/** Size, stored size and place of the local header; those of 0xFFFFFFFF stand in the zip64 field. */
function wideNumbers(view: DataView, at: number, extraAt: number, extraEnd: number): number[] {
  const numbers = [24, 20, 42].map((offset) => view.getUint32(at + offset, true));
  let field = extraAt;
  while (field + 4 <= extraEnd && view.getUint16(field, true) !== 1) {
    field += 4 + view.getUint16(field + 2, true);
  }
  const end = Math.min(
    extraEnd,
    field + 4 <= extraEnd ? field + 4 + view.getUint16(field + 2, true) : 0,
  );
  field += 4;
  return numbers.map((number) => {
    if (number !== most32 || field + 8 > end) return number;
    field += 8;
    return u64(view, field - 8);
  });
}

function decodeName(view: DataView, begin: number, end: number): string | null {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + begin, end - begin);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
