import { describe, expect, test } from 'vitest';
import { blobSource } from './blob.ts';

const source = blobSource('m/a.bin', new Blob([Uint8Array.of(1, 2, 3, 4)]));

/** A blob whose bytes cannot be had. */
function broken(name: string): Blob {
  const blob = new Blob(['abcd']);
  const failing = Promise.reject(new DOMException('no', name));
  failing.catch(() => {});
  return Object.assign(blob, {
    slice: () => Object.assign(new Blob(), { arrayBuffer: () => failing }),
  });
}

test('a range of a blob is its bytes', async () => {
  expect([source.name, source.size]).toEqual(['m/a.bin', 4]);
  expect(await source.read(1, 3)).toEqual(Uint8Array.of(2, 3));
  expect(await source.read(2, 2)).toEqual(new Uint8Array());
});

describe('reading fails', () => {
  test.each([
    ['changed', 'NotReadableError'],
    ['missing', 'NotFoundError'],
    ['permission', 'NotAllowedError'],
    ['disk', 'UnknownError'],
  ])('%s, from a %s', async (tag, name) => {
    await expect(blobSource('m/a.bin', broken(name)).read(0, 4)).rejects.toMatchObject({
      name: 'ReadError',
      tag,
      context: { file: 'm/a.bin' },
      cause: { name },
    });
  });

  test('with advice in the message', async () => {
    await expect(blobSource('m/a.bin', broken('NotReadableError')).read(0, 4)).rejects.toThrow(
      'm/a.bin: the file changed or cannot be read. Drop the file again.',
    );
  });

  test('short, past the end', async () => {
    await expect(source.read(2, 9)).rejects.toMatchObject({
      tag: 'short',
      context: { found: '2 bytes from byte 2', expected: '7' },
    });
  });

  test('with the abort itself when aborted', async () => {
    await expect(source.read(0, 1, AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
    await expect(blobSource('a', broken('AbortError')).read(0, 1)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
