import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countingSource, memorySource } from '../../testing/memory-source.ts';
import { FormatError } from '../error.ts';
import { parseHeader, readHeader } from './header.ts';

/** A file of exactly these bytes: little-endian length, JSON, then `data` zero bytes. */
function file(json: string | Uint8Array, data = 0, claimed?: number): Uint8Array<ArrayBuffer> {
  const text = typeof json === 'string' ? new TextEncoder().encode(json) : json;
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(claimed ?? text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const read = (bytes: Uint8Array) => readHeader(memorySource('m.safetensors', bytes));

async function refusal(bytes: Uint8Array): Promise<FormatError> {
  const error = await read(bytes).catch((caught: unknown) => caught);
  if (error instanceof FormatError) return error;
  throw new Error(`not refused: ${String(error)}`);
}

const one = (members: string) => `{"a":{${members}}}`;
const a = (range: string) => `"a":{"dtype":"U8","shape":[2],"data_offsets":[${range}]}`;
const b = (range: string) => `"b":{"dtype":"U8","shape":[2],"data_offsets":[${range}]}`;

describe('what is refused, one tag each', () => {
  const ladder: [tag: string, bytes: Uint8Array, found: string][] = [
    ['too-short', new Uint8Array(7), '7 bytes'],
    ['header-too-large', file('{}', 0, 100_000_001), 'a header length of 100000001 bytes'],
    ['header-past-end', file('{}', 0, 3), 'a header that ends at byte 11'],
    ['not-utf8', file(new Uint8Array([0x7b, 0xff, 0x7d])), 'a header that is not UTF-8'],
    ['not-json', file('{"a":'), 'invalid JSON at line 1, column 6: expected a value'],
    ['too-short', new Uint8Array(), 'an empty file'],
    ['not-safetensors', new Uint8Array(64), 'nothing but zeros'],
    ['not-json', file('  '), 'an empty header'],
    ['not-json', file('\uFEFF{}'), 'a byte order mark in front of the header'],
    ['not-json', file(`{${a('0,2')}}\0\0`, 2), 'a header padded with NUL bytes'],
    ['not-json', file('\0\0\0\0', 1), 'NUL bytes for a header'],
    ['not-json', file('{} x'), 'invalid JSON at line 1, column 4: unexpected text after the value'],
    ['not-an-object', file('[]'), 'a list'],
    ['duplicate-key', file(`{${a('0,2')},${a('0,2')}}`, 2), 'the key "a" twice'],
    ['duplicate-key', file('{"__metadata__":{"x":"1","x":"2"}}'), 'the key "x" twice'],
    ['bad-tensor', file('{"a":1}'), '1'],
    ['bad-tensor', file(one('"dtype":"U8","shape":[0]')), 'no data_offsets'],
    ['unknown-dtype', file(one('"dtype":"F12","shape":[],"data_offsets":[0,1]')), 'dtype "F12"'],
    [
      'unknown-dtype',
      file(one('"dtype":"toString","shape":[],"data_offsets":[0,1]')),
      'dtype "toString"',
    ],
    ['bad-shape', file(one('"dtype":"U8","shape":[-1],"data_offsets":[0,1]')), '-1 in shape'],
    ['bad-shape', file(one('"dtype":"U8","shape":[1.0],"data_offsets":[0,1]')), '1.0 in shape'],
    ['bad-shape', file(one('"dtype":"U8","shape":"2","data_offsets":[0,1]')), 'shape "2"'],
    [
      'bad-offsets',
      file(one('"dtype":"U8","shape":[],"data_offsets":[-1,0]')),
      '-1 in data_offsets',
    ],
    [
      'bad-offsets',
      file(one('"dtype":"U8","shape":[],"data_offsets":[0,1.5]')),
      '1.5 in data_offsets',
    ],
    [
      'bad-offsets',
      file(one('"dtype":"U8","shape":[],"data_offsets":[0,1,2]')),
      'data_offsets of more than 2 numbers',
    ],
    [
      'number-too-large',
      file(one('"dtype":"U8","shape":[9007199254740992],"data_offsets":[0,1]')),
      '9007199254740992 in shape',
    ],
    [
      'reversed-offsets',
      file(one('"dtype":"U8","shape":[],"data_offsets":[1,0]'), 1),
      'an end at 0',
    ],
    [
      'size-overflow',
      file(one('"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]')),
      'shape [4294967296, 4294967296, 0]',
    ],
    [
      'partial-byte',
      file(one('"dtype":"F4","shape":[3],"data_offsets":[0,1]'), 1),
      'F4 of shape [3], 12 bits',
    ],
    [
      'size-mismatch',
      file(one('"dtype":"F32","shape":[2,2],"data_offsets":[0,15]'), 15),
      '15 bytes',
    ],
    ['first-offset', file(`{${a('1,3')}}`, 3), 'data from byte 1'],
    ['hole', file(`{${a('0,2')},${b('3,5')}}`, 5), 'data from byte 3'],
    ['overlap', file(`{${a('0,2')},${b('1,3')}}`, 3), 'data from byte 1'],
    ['truncated', file(`{${a('0,2')}}`, 1), '1 bytes of tensor data'],
    ['trailing-bytes', file(`{${a('0,2')}}`, 3), '1 bytes after the last tensor'],
    ['trailing-bytes', file('{}', 1), '1 bytes after the last tensor'],
    ['bad-metadata', file('{"__metadata__":{"epoch":3}}'), '__metadata__ where "epoch" is no text'],
    ['bad-metadata', file('{"__metadata__":[]}'), '__metadata__ that is no object'],
  ];

  test.each(ladder)('%s', async (tag, bytes, found) => {
    const error = await refusal(bytes);
    expect([error.tag, error.context.found]).toEqual([tag, found]);
    expect(error.context.file).toBe('m.safetensors');
  });

  test('the message names file, tensor, found, expected and advice', async () => {
    const error = await refusal(file(one('"dtype":"F32","shape":[2,2],"data_offsets":[0,15]'), 15));
    expect(error.message).toBe(
      'm.safetensors, tensor "a": found 15 bytes; expected 16 for F32 of shape [2, 2]. ' +
        'The program that wrote this file has a fault: save it again with safetensors.',
    );
  });

  test.each([
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0'],
    ['a zip archive', 'PK\x03\x04\x00\x00\x08\x08\x00\x00'],
    ['a web page', '<!DOCTYPE html><html>'],
    ['a GGUF file', 'GGUF\x03\x00\x00\x00\x01'],
  ])('%s under a false name', async (kind, text) => {
    const error = await refusal(Uint8Array.from(text, (character) => character.charCodeAt(0)));
    expect(error.tag).toBe('not-safetensors');
    expect(error.context.found).toContain(kind);
  });
});

describe('files made to hurt', () => {
  const long = 'x'.repeat(2_000_000);
  const many = (count: number, item: string) => Array(count).fill(item).join(',');
  const tensor = (more: string) => one(`"dtype":"U8","shape":[2],"data_offsets":[0,2]${more}`);
  const hurtful: [what: string, tag: string, bytes: Uint8Array][] = [
    ['a long name', 'bad-tensor', file(`{"${long}":{"dtype":"Q9"}}`)],
    ['a long dtype', 'unknown-dtype', file(one(`"dtype":"${long}"`))],
    ['a long number', 'number-too-large', file(one(`"shape":[${'9'.repeat(2_000_000)}]`))],
    ['a million dimensions', 'bad-shape', file(one(`"shape":[${many(1_000_000, '1')}]`))],
    ['a million offsets', 'bad-offsets', file(one(`"data_offsets":[${many(1_000_000, '0')}]`))],
    ['a long key twice', 'duplicate-key', file(`{"__metadata__":{"${long}":"","${long}":""}}`)],
    ['a long key of no text', 'bad-metadata', file(`{"__metadata__":{"${long}":1}}`)],
    ['lists within lists', 'not-json', file(tensor(`,"x":${'['.repeat(1_000_000)}`))],
    ['millions of values for nobody', 'bad-tensor', file(tensor(`,"x":[${many(1_100_000, '1')}]`))],
    ['a million lines', 'not-json', file(`${'\n'.repeat(1_000_000)}!`)],
    ['a list of a million', 'not-an-object', file(`[${many(1_000_000, '{}')}]`)],
  ];

  test.each(hurtful)('%s is refused in a few words', async (_, tag, bytes) => {
    const { tag: found, message, context } = await refusal(bytes);
    expect(found).toBe(tag);
    expect(message.length).toBeLessThan(2_000);
    expect(JSON.stringify(context).length).toBeLessThan(2_000);
  });

  test('both ends of what is too long are quoted, and how long it is', async () => {
    const { context } = await refusal(file(one(`"dtype":"a${long}z"`)));
    expect(context.found).toMatch(/^dtype "ax+…x+z \(2,000,002 characters\)"$/);
  });

  test('fields that nobody reads are passed over, whatever they hold', async () => {
    const nested = `{"y":[{"y":1,"y":[null,true,"\\n"]}]}`;
    const { tensors } = await read(file(tensor(`,"x":[${many(100_000, '0')}],"z":${nested}`), 2));
    expect(tensors).toMatchObject([{ name: 'a', shape: [2] }]);
    expect((await refusal(file(tensor(',"x":[1,}')))).tag).toBe('not-json');
  });

  test('of huge metadata a part is kept', async () => {
    const entries = Array.from({ length: 5_000 }, (_, i) => `"k${i}":"v"`);
    const json = `{"__metadata__":{"format":"pt","long":"${long}",${entries.join(',')}},${a('0,2')}}`;
    const { metadata } = await read(file(json, 2));
    expect(metadata).toMatchObject({ format: 'pt', k0: 'v' });
    expect(Object.keys(metadata)).toHaveLength(1_000);
    expect(metadata).not.toHaveProperty('long');
  });

  test('and of an adapter its config, which says by how much its factors are scaled', async () => {
    const entries = Array.from({ length: 2_000 }, (_, i) => `"k${i}":"v"`);
    const json = `{"__metadata__":{${entries.join(',')},"lora_adapter_metadata":"${long}"},${a('0,2')}}`;
    const { metadata } = await read(file(json, 2));
    expect(metadata.lora_adapter_metadata).toBe(long);
    expect(Object.keys(metadata)).toHaveLength(1_001);
  });

  test('metadata beyond measure is refused', async () => {
    const entries = Array.from({ length: 100_001 }, (_, i) => `"k${i}":""`).join(',');
    const { tag, context } = await refusal(file(`{"__metadata__":{${entries}}}`));
    expect([tag, context.found]).toEqual([
      'bad-metadata',
      'more than 100,000 entries in __metadata__',
    ]);
  });

  test('more tensors than a browser holds are refused before they are all read', () => {
    const empty = (i: number) => `"t${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`;
    const named = (count: number) => Array.from({ length: count }, (_, i) => empty(i)).join(',');
    const parse = (json: string) => parseHeader(new TextEncoder().encode(json), 'm', 0, 5_000);
    expect(parse(`{${named(5_000)}}`).tensors).toHaveLength(5_000);
    expect(() => parse(`{${named(5_001)}, "never read`)).toThrow('found more than 5,000 tensors');
  });
});

describe('what is accepted', () => {
  test('names, dtypes, shapes and offsets in the file', async () => {
    const json = `{${b('2,4')},"__metadata__":{"format":"pt"},${a('0,2')}}`;
    const header = await read(file(json, 4));
    const start = 8 + json.length;
    expect(header).toEqual({
      tensors: [
        { name: 'a', dtype: 'U8', shape: [2], begin: start, end: start + 2 },
        { name: 'b', dtype: 'U8', shape: [2], begin: start + 2, end: start + 4 },
      ],
      metadata: { format: 'pt' },
      byteLength: start,
    });
  });

  test('a model without tensors', async () => {
    expect((await read(file('{}'))).tensors).toEqual([]);
  });

  test('whitespace around the JSON, and unaligned data', async () => {
    const header = await read(file(`\n {${a('0,2')}}\t  `, 2));
    expect(header.tensors[0].begin % 8).not.toBe(0);
  });

  test('scalars and empty tensors', async () => {
    const scalar = '"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]}';
    const empty = '"e":{"dtype":"F32","shape":[3,0],"data_offsets":[4,4]}';
    const { tensors } = await read(file(`{${scalar},${empty}}`, 4));
    expect(tensors.map(({ name, end, begin }) => [name, end - begin])).toEqual([
      ['s', 4],
      ['e', 0],
    ]);
  });

  test('an empty tensor at the place of a full one, in any order', async () => {
    const empty = '"e":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}';
    const { tensors } = await read(file(`{${a('0,2')},${empty}}`, 2));
    expect(tensors.map(({ name }) => name)).toEqual(['e', 'a']);
  });

  test('a tensor named __proto__', async () => {
    const { tensors } = await read(
      file(`{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1),
    );
    expect(tensors[0].name).toBe('__proto__');
  });

  test('four-bit elements that fill whole bytes', async () => {
    const { tensors } = await read(file(one('"dtype":"F4","shape":[4],"data_offsets":[0,2]'), 2));
    expect(tensors[0].end - tensors[0].begin).toBe(2);
  });
});

describe('how much is read', () => {
  const padded = (length: number) => file(`{${a('0,2')}}${' '.repeat(length)}`, 2);

  test('a short header takes one read', async () => {
    const source = countingSource(memorySource('m', padded(100)));
    await readHeader(source);
    expect(source.reads).toEqual([{ begin: 0, end: source.size }]);
  });

  test('a long header takes two, and no byte twice', async () => {
    const source = countingSource(memorySource('m', padded(600_000)));
    const { tensors, byteLength } = await readHeader(source);
    expect(tensors).toHaveLength(1);
    expect(source.reads).toEqual([
      { begin: 0, end: 524_288 },
      { begin: 524_288, end: byteLength },
    ]);
  });

  test('an abort ends the reading', async () => {
    const source = memorySource('m', padded(1));
    await expect(readHeader(source, AbortSignal.abort())).rejects.toThrow('aborted');
  });
});

test('arbitrary bytes are refused with a FormatError, never another error', async () => {
  const headers = fc.oneof(
    fc.json().map((text) => file(text, 8)),
    fc.uint8Array({ maxLength: 64 }).map((bytes) => file(bytes, 8)),
    fc.uint8Array({ maxLength: 64 }),
  );
  await fc.assert(
    fc.asyncProperty(headers, async (bytes) => {
      await read(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(FormatError));
    }),
  );
});
