import { describe, expect, test } from 'vitest';
import type { Source } from '../../io/source.ts';
import { memorySource } from '../../testing/memory-source.ts';
import { dict, pickle, storage, tensor } from '../../testing/pickle.ts';
import { refused } from '../../testing/refused.ts';
import {
  centralDirectory,
  localHeader,
  type Said,
  torchParts,
  type ZipEnd,
  zipFile,
} from '../../testing/torch-file.ts';
import { readTorchFile } from './read-torch-file.ts';

const w = tensor(storage('FloatStorage', '0', 4), { size: [4], stride: [1] });
const parts = torchParts(pickle(dict({ w })), { 0: new Uint8Array(16) });
const named = (path: string) => parts.findIndex((part) => part.path === path);

/** The archive with other headers for the storage "0", and another end. */
function archive(said: { local?: Said; central?: Said } = {}, end: ZipEnd = {}) {
  const i = named('archive/data/0');
  return zipFile(parts.with(i, { ...parts[i], ...said }), end);
}
const read = (bytes: Uint8Array) => readTorchFile(memorySource('w.bin', bytes));
const refusal = (bytes: Uint8Array) => refused(read(bytes));
const offset = () =>
  archive().findLastIndex(
    (_, i, all) => String.fromCharCode(...all.subarray(i, i + 6)) === 'data/0',
  );

describe('archives that are read', () => {
  test('as torch lays them out', async () => {
    const { tensors } = await read(archive());
    expect(tensors).toEqual([
      {
        name: 'w',
        dtype: 'F32',
        shape: [4],
        begin: tensors[0].begin,
        end: tensors[0].begin + 16,
        strides: null,
      },
    ]);
    expect(tensors[0].begin % 64).toBe(0);
  });

  test.each([
    ['sizes in both headers', { local: { size: 16, packed: 16 } }],
    ['sizes after the bytes', { local: { flags: 0x808 }, central: { flags: 0x808 } }],
    ['sizes in a field of the local header', { local: { size: 0xffff_ffff, packed: 0xffff_ffff } }],
  ])('%s', async (_, said) => {
    expect((await read(archive(said))).tensors).toHaveLength(1);
  });

  test('files in another order, and others beside them', async () => {
    const more = [...parts]
      .reverse()
      .concat({ path: 'archive/version', bytes: Uint8Array.of(51, 10) });
    expect((await read(zipFile(more))).tensors).toHaveLength(1);
  });

  test('without the zip64 records, as other programs write', async () => {
    const bytes = archive();
    const end = bytes.length - 22;
    const plain = Uint8Array.from([...bytes.subarray(0, end - 76), ...bytes.subarray(end)]);
    expect((await read(plain)).tensors).toHaveLength(1);
  });

  test('a storage and a place beyond 4 GiB', async () => {
    const size = 5 * 2 ** 30;
    const far = tensor(storage('ByteStorage', '1', size), {
      size: [3],
      stride: [1],
      offset: size - 3,
    });
    const parts = [
      ...torchParts(pickle(dict({ far }))).map((part) => ({ ...part, size: part.bytes.length })),
      { path: 'archive/data/1', bytes: Uint8Array.of(1, 2, 3), size },
      { path: 'archive/data/2', bytes: Uint8Array.of(7), size: 1 },
    ];
    let at = 0;
    const pieces: Piece[] = [];
    const placed = parts.map((part) => {
      const header = Uint8Array.from(localHeader(part, at));
      pieces.push([at, header], [at + header.length, part.bytes]);
      const row = { path: part.path, size: part.size, at };
      at += header.length + part.size;
      return row;
    });
    const source = sparse([...pieces, [at, Uint8Array.from(centralDirectory(placed, at))]]);
    const end = placed[placed.length - 1].at;
    expect(source.size).toBeGreaterThan(size);
    const { tensors } = await readTorchFile(source);
    expect(tensors).toEqual([
      {
        name: 'far',
        dtype: 'U8',
        shape: [3],
        begin: end - 3,
        end,
        strides: null,
      },
    ]);
  });
});

/** Where local headers begin. */
function localHeaders(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = Math.max(0, bytes.length - 3);
  return Array.from({ length: last }, (_, i) => i).filter(
    (i) => view.getUint32(i, true) === 0x04034b50,
  );
}

type Piece = readonly [at: number, bytes: Uint8Array];

/** Pieces at their places in a file, with zeros between. */
function sparse(pieces: readonly Piece[]): Source {
  const [at, last] = pieces[pieces.length - 1];
  return {
    name: 'large.bin',
    size: at + last.length,
    async read(begin, end) {
      const out = new Uint8Array(end - begin);
      for (const [from, bytes] of pieces) {
        const a = Math.max(begin, from);
        const b = Math.min(end, from + bytes.length);
        if (a < b) out.set(bytes.subarray(a - from, b - from), a - begin);
      }
      return out;
    },
  };
}

describe('archives that are refused', () => {
  test.each<[string, Uint8Array, string]>([
    [
      'compressed, as the directory says',
      archive({ central: { method: 8 } }),
      'the compressed entry "archive/data/0" (method 8)',
    ],
    [
      'compressed, as the local header says',
      archive({ local: { method: 8 } }),
      'a local header that says compressed before "archive/data/0"',
    ],
    [
      'encrypted, as the directory says',
      archive({ central: { flags: 0x801 } }),
      'the encrypted entry "archive/data/0"',
    ],
    [
      'encrypted, as the local header says',
      archive({ local: { flags: 0x840 } }),
      'a local header that says encrypted',
    ],
    [
      'another name in the local header',
      archive({ local: { path: 'archive/data/1' } }),
      'a local header with another name before "archive/data/0"',
    ],
    [
      'a longer name in the local header',
      archive({ local: { path: 'archive/data/00' } }),
      'a local header with another name',
    ],
    [
      'another size in the local header',
      archive({ local: { size: 12 } }),
      'a local header with a size of 0 and 12 bytes',
    ],
    [
      'another stored size in the local header',
      archive({ local: { packed: 17 } }),
      'a local header with a size of 17 and 0 bytes',
    ],
    [
      'two sizes in the directory',
      archive({ central: { packed: 12 } }),
      '12 stored bytes of "archive/data/0"',
    ],
    [
      'a size beyond the next file',
      archive({ central: { size: 4096, packed: 4096 } }),
      '"archive/data/0" behind the last file',
    ],
    [
      'a size of 2^60',
      archive({ central: { size: 2 ** 60, packed: 2 ** 60 } }),
      '"archive/data/0" behind the last file',
    ],
    [
      'a place of 2^60',
      archive({ central: { at: 2 ** 60 } }),
      '"archive/data/0" behind the last file',
    ],
    [
      'a place in the middle of another',
      archive({ central: { at: 64 } }),
      '"archive/data.pkl" from byte 64 to ',
    ],
    ['a place that another file has', archive({ central: { at: 0 } }), '"archive/d'],
    [
      'a name twice',
      archive({ central: { path: 'archive/byteorder' } }),
      'the entry "archive/byteorder" twice',
    ],
    ['more entries than there are', archive({}, { count: 4 }), '3 entries in the directory'],
    ['fewer entries than there are', archive({}, { count: 2 }), '3 entries in the directory'],
    ['something before its beginning', Uint8Array.from([0, ...archive()]), 'no zip64 record'],
  ])('%s', async (_, bytes, found) => {
    const error = await refusal(bytes);
    expect(error.tag).toBe('bad-zip');
    expect(error.context.found).toContain(found);
    expect(error.message.length).toBeLessThan(800);
  });

  test('one file that lies inside another', async () => {
    const inner = zipFile([{ path: 'archive/data/1', bytes: new Uint8Array(8) }]);
    const [at] = localHeaders(inner);
    const outer = [...parts, { path: 'archive/data/2', bytes: inner.subarray(at, at + 72) }];
    const bytes = zipFile(outer);
    const hidden = localHeaders(bytes).at(-1)!;
    const forged = zipFile([
      ...outer,
      { path: 'archive/data/1', bytes: new Uint8Array(8), central: { at: hidden } },
    ]);
    expect((await refusal(forged)).context.found).toMatch(
      /^"archive\/data\/2" from byte \d+ to \d+$/,
    );
  });

  test.each(['count', 'length', 'begin'])(
    'zip64 and plain end that disagree in %s',
    async (field) => {
      const bytes = archive();
      const at = bytes.length - 22 + { count: 8, length: 12, begin: 16 }[field]!;
      bytes[at] += 1;
      if (field === 'count') bytes[at + 2] += 1;
      expect((await refusal(bytes)).context.found).toContain('two end records that do not agree');
    },
  );

  test.each([
    ['the locator points elsewhere', -22 - 20 + 8],
    ['the zip64 record has another size', -22 - 20 - 56 + 4],
    ['the zip64 record is not there', -22 - 20 - 56],
  ])('%s', async (_, from) => {
    const bytes = archive();
    bytes[bytes.length + from] ^= 1;
    expect((await refusal(bytes)).context.found).toContain('no zip64 record');
  });

  test('a name that is not UTF-8', async () => {
    const bytes = archive();
    bytes[offset()] = 0xff;
    expect((await refusal(bytes)).context.found).toContain('not UTF-8');
  });

  test('a part of a split archive', async () => {
    const bytes = archive();
    bytes[bytes.length - 18] = 1;
    expect((await refusal(bytes)).context.found).toBe('a part of a split archive');
  });
});
