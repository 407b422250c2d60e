import type { ReadableFile } from '../safetensors/header.ts';
import { together } from '../together.ts';
import { viewOf } from './bytes.ts';
import { again, quote, type Refusal } from './refusal.ts';
import { type Directory, secret, type ZipEntry } from './zip.ts';

/** Bytes [begin, end) of the file. */
export type Range = { readonly begin: number; readonly end: number };

const localLength = 30;
/** Local headers this near to each other are read at once, with what lies between. */
const near = 64 * 1024;
/** Bytes read at once. */
const maxSpan = 2 ** 20;

/**
 * Where the bytes of each entry lie, by name; all must be stored as they are. Padding stands in the local
 * headers only, so these are read; they must say what the directory says, and no entry may lie in another.
 */
export async function placeEntries(
  file: ReadableFile,
  { entries, begin: directory }: Directory,
  refuse: Refusal,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Range>> {
  const sorted = [...entries].sort((a, b) => a.at - b.at);
  const ends = sorted.map((_, i) => sorted[i + 1]?.at ?? directory);
  const placed = await together(
    [...spansOf(sorted)],
    async ({ first, last, begin, end }, stop) => {
      const bytes = viewOf(await file.read(begin, Math.min(end, directory), stop));
      return sorted.slice(first, last + 1).map((entry, i) => {
        return [entry.name, placeOf(entry, bytes, begin, ends[first + i], refuse)] as const;
      });
    },
    signal,
  );
  return new Map(placed.flat());
}

type Span = Range & { readonly first: number; readonly last: number };

/** Runs of neighbours whose local headers lie near each other. */
function* spansOf(sorted: readonly ZipEntry[]): Generator<Span> {
  let first = 0;
  for (const [i, entry] of sorted.entries()) {
    const next = sorted[i + 1];
    const begin = sorted[first].at;
    const end = entry.at + headerLength(entry);
    const joins = next && next.at - end <= near && next.at + headerLength(next) - begin <= maxSpan;
    if (joins) continue;
    yield { first, last: i, begin, end };
    first = i + 1;
  }
}

/** A name has at most 3 bytes for a unit of UTF-16. What stands behind it need not be read. */
const headerLength = ({ name }: ZipEntry) => localLength + 3 * name.length;

function placeOf(
  entry: ZipEntry,
  bytes: DataView,
  from: number,
  limit: number,
  refuse: Refusal,
): Range {
  const name = quote(entry.name);
  const differs = (what: string) =>
    refuse('bad-zip', `${what} before ${name}`, 'what the directory of the archive says', again);
  const at = entry.at - from;
  if (at + localLength > bytes.byteLength || bytes.getUint32(at, true) !== 0x04034b50) {
    throw differs('no local header');
  }
  if (bytes.getUint16(at + 6, true) & secret) throw differs('a local header that says encrypted');
  if (bytes.getUint16(at + 8, true) !== 0) throw differs('a local header that says compressed');
  // Left at zero when the sizes follow the bytes; all ones when they stand in a field of the header.
  const sizes = [bytes.getUint32(at + 18, true), bytes.getUint32(at + 22, true)];
  if (sizes.some((size) => ![0, entry.size, 0xffff_ffff].includes(size))) {
    throw differs(`a local header with a size of ${sizes.join(' and ')} bytes`);
  }
  const expected = new TextEncoder().encode(entry.name);
  const nameAt = at + localLength;
  const length = bytes.getUint16(at + 26, true);
  const isSame =
    length === expected.length &&
    nameAt + length <= bytes.byteLength &&
    expected.every((byte, i) => bytes.getUint8(nameAt + i) === byte);
  if (!isSame) throw differs('a local header with another name');
  const begin = entry.at + localLength + length + bytes.getUint16(at + 28, true);
  const end = begin + entry.size;
  if (end <= limit) return { begin, end };
  throw refuse(
    'bad-zip',
    `${name} from byte ${begin} to ${end}`,
    `its end before byte ${limit}, where the next begins`,
    again,
  );
}
