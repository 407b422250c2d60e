import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countingSource, memorySource } from '../../testing/memory-source.ts';
import { dict, int, type Pickled, pickle, storage, tensor } from '../../testing/pickle.ts';
import { refused } from '../../testing/refused.ts';
import { torchParts, zipFile } from '../../testing/torch-file.ts';
import { FormatError } from '../error.ts';
import { elementCount } from '../model.ts';
import { readElements } from './read-elements.ts';
import { readTorchFile } from './read-torch-file.ts';

type Expected = { dtype: string; shape: number[]; inCOrder: boolean; bytes: string };

const folder = 'src/testing/torch-files';
const expected: Readonly<Record<string, Readonly<Record<string, Expected>>>> = JSON.parse(
  readFileSync(`${folder}/expected.json`, 'utf8'),
);
const open = (name: string) => memorySource(name, readFileSync(`${folder}/${name}`));

describe('files that torch and PEFT wrote are read as torch reads them', () => {
  test.each(Object.keys(expected))('%s', async (name) => {
    const file = open(name);
    const { tensors } = await readTorchFile(file);
    const found: Record<string, Expected> = Object.create(null);
    for (const tensor of tensors) {
      const bytes = await readElements(file, tensor, 0, elementCount(tensor.shape));
      found[tensor.name] = {
        dtype: tensor.dtype,
        shape: [...tensor.shape],
        inCOrder: tensor.strides === null,
        bytes: Buffer.from(bytes).toString('hex'),
      };
    }
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected[name]).sort());
    for (const key of Object.keys(found))
      expect({ [key]: found[key] }).toEqual({ [key]: expected[name][key] });
  });
});

test('a training checkpoint: the model is taken, the rest is told', async () => {
  const { leftOut } = await readTorchFile(open('checkpoint.bin'));
  expect(leftOut).toEqual([
    { name: 'epoch', found: 'a number' },
    { name: 'loss', found: 'a number' },
    { name: 'note', found: 'a text' },
    { name: 'seed', found: 'a number' },
    { name: 'sizes', found: 'a list of 2' },
    { name: 'dtype', found: 'torch.float16' },
    { name: 'optimizer_state_dict.param_groups', found: 'a list of 1' },
    { name: 'optimizer_state_dict', found: '6 tensors' },
  ]);
});

describe('what is refused, with what to do', () => {
  test.each<[string, string]>([
    [
      'legacy.bin',
      'a file of torch before 1.6, one pickle after the other instead of a zip archive',
    ],
    ['protocol4.bin', 'pickle protocol 4'],
  ])('%s', async (name, found) => {
    const error = await refused(readTorchFile(open(name)));
    expect(error.context.found).toBe(found);
    expect(error.context.advice).toContain(
      `torch.load("${name}", map_location="cpu", weights_only=True)`,
    );
  });

  const tar = () => {
    const bytes = new Uint8Array(1024);
    bytes.set(new TextEncoder().encode('ustar'), 257);
    return bytes;
  };
  const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
  test.each<[string, Uint8Array, string]>([
    ['an old tar file', tar(), 'a tar file of torch before 0.1.10'],
    ['another pickle', latin('\x80\x04\x95\x00'), 'a Python pickle that torch.save did not write'],
    [
      'a Git LFS pointer',
      latin('version https://git-lfs.github.com/spec/v1\n'),
      'a Git LFS pointer',
    ],
    ['a web page', latin('<!DOCTYPE html>'), 'a web page'],
    ['a safetensors file', latin('\x02\x00\x00\x00\x00\x00\x00\x00{"a"'), 'a safetensors file'],
    ['nothing known', latin('hello'), 'something else'],
    ['no bytes', new Uint8Array(), 'no bytes'],
  ])('%s', async (_, bytes, found) => {
    const error = await refused(readTorchFile(memorySource('w.bin', bytes)));
    expect(error.tag).toBe('not-torch');
    expect(error.context.found).toContain(found);
  });
});

describe('a damaged file', () => {
  const whole = new Uint8Array(readFileSync(`${folder}/adapter.bin`));

  test('cut off at any byte is refused, in few words', async () => {
    for (let end = 0; end < whole.length; end++) {
      const error = await refused(readTorchFile(memorySource('w.bin', whole.subarray(0, end))));
      expect(error.message.length).toBeLessThan(800);
    }
  });

  test('with a cut from its middle is refused', async () => {
    for (let at = 0; at < whole.length; at++) {
      const bytes = Uint8Array.from([...whole.subarray(0, at), ...whole.subarray(at + 1)]);
      await refused(readTorchFile(memorySource('w.bin', bytes)));
    }
  });

  test('with any bytes changed is refused, or its tensors lie inside it', async () => {
    const change = fc.record({ at: fc.nat({ max: whole.length - 1 }), byte: fc.nat({ max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = whole.slice();
        for (const { at, byte } of changes) bytes[at] = byte;
        const source = countingSource(memorySource('w.bin', bytes));
        try {
          const { tensors } = await readTorchFile(source);
          for (const { begin, end } of tensors) {
            expect(0 <= begin && begin <= end && end <= whole.length).toBe(true);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          expect((error as FormatError).message.length).toBeLessThan(1000);
        }
        for (const { begin, end } of source.reads) {
          expect(0 <= begin && begin <= end && end <= whole.length).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

const parts = torchParts(
  pickle(dict({ w: tensor(storage('FloatStorage', '0', 4), { size: [4], stride: [1] }) })),
  { 0: new Uint8Array(16) },
);
/** The archive with its last file under another name. */
const renamed = (path: string) =>
  zipFile(parts.map((part) => (part.path === 'archive/data/0' ? { ...part, path } : part)));

describe('archives that torch.save does not write are refused', () => {
  test.each<[string, Uint8Array, string]>([
    [
      'something after its end',
      zipFile(parts, { after: Uint8Array.of(0) }),
      'with something after its end',
    ],
    [
      'a name of another folder',
      renamed('other/data/0'),
      '"other/data/0" beside the folder "archive"',
    ],
    ['a folder above', renamed('../data/0'), '"../data/0" beside the folder "archive"'],
    [
      'no data.pkl',
      zipFile([{ path: 'archive/other.pkl', bytes: pickle([0x4e]) }]),
      'a zip archive without data.pkl',
    ],
    [
      'a data.pkl without a folder',
      zipFile([{ path: 'data.pkl', bytes: pickle([0x4e]) }]),
      'a zip archive without data.pkl',
    ],
    [
      'two data.pkl',
      zipFile([...parts, { path: 'b/data.pkl', bytes: pickle([0x4e]) }]),
      'two data.pkl',
    ],
    ['no files at all', zipFile([]), 'a zip archive without data.pkl'],
    [
      'a program',
      zipFile([...parts, { path: 'archive/constants.pkl', bytes: pickle([0x29]) }]),
      'a TorchScript program',
    ],
    [
      'its code, compressed as torch.jit.save does it',
      zipFile([
        ...parts,
        {
          path: 'archive/code/__torch__.py',
          bytes: new Uint8Array(3),
          local: { method: 8 },
          central: { method: 8, size: 9 },
        },
      ]),
      'a TorchScript program',
    ],
    [
      'its code',
      zipFile([...parts, { path: 'archive/code/__torch__.py', bytes: new Uint8Array() }]),
      'a TorchScript program',
    ],
    [
      'the high byte first',
      zipFile(parts.with(1, { ...parts[1], bytes: new TextEncoder().encode('big') })),
      'byte order "big"',
    ],
    [
      'any other byte order',
      zipFile(parts.with(1, { ...parts[1], bytes: new Uint8Array(40) })),
      'byte order ',
    ],
  ])('%s', async (_, bytes, found) => {
    const error = await refused(readTorchFile(memorySource('w.bin', bytes)));
    expect(error.tag).toBe('not-torch');
    expect(error.context.found).toContain(found);
    expect(error.message.length).toBeLessThan(800);
  });
});

describe('how much is read', () => {
  const tensors = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `t${i}`,
        tensor(storage('ByteStorage', String(i), 100), { size: [100], stride: [1] }),
      ]),
    ) as Record<string, Pickled>;
  const bytes = (count: number, size: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [i, new Uint8Array(size)]));

  test('small storages take a few reads, not one each', async () => {
    const file = zipFile(torchParts(pickle(dict(tensors(500))), bytes(500, 100)));
    const source = countingSource(memorySource('w.bin', file));
    expect((await readTorchFile(source)).tensors).toHaveLength(500);
    expect(source.reads.length).toBeLessThan(8);
  });

  test('large storages are left where they are', async () => {
    const size = 2 ** 18;
    const large = {
      a: tensor(storage('ByteStorage', '0', size), { size: [size], stride: [1] }),
      b: int(1),
    };
    const file = zipFile(
      torchParts(pickle(dict(large)), { 0: new Uint8Array(size), 1: new Uint8Array(size) }),
    );
    const source = countingSource(memorySource('w.bin', file));
    await readTorchFile(source);
    expect(source.bytesRead()).toBeLessThan(70_000);
    expect(
      source.reads.every(({ begin, end }) => 0 <= begin && begin < end && end <= source.size),
    ).toBe(true);
  });

  test('an abort ends the reading', async () => {
    const source = memorySource('w.bin', zipFile(parts));
    await expect(readTorchFile(source, AbortSignal.abort())).rejects.toThrow('aborted');
  });
});
