import { createHash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { createSha256 } from './sha256.ts';

const text = (s: string) => new TextEncoder().encode(s);

function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 13) & 255);
}

async function hashed(...parts: readonly Uint8Array[]): Promise<string> {
  const hasher = await createSha256();
  for (const part of parts) hasher.update(part);
  return hasher.hex();
}

const expected = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('SHA-256', () => {
  test.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('gives the examples of the standard: "%s"', async (message, hash) => {
    expect(await hashed(text(message))).toBe(hash);
  });

  test('is that of every length around one, two and three blocks', async () => {
    for (let length = 0; length < 200; length++) {
      const bytes = noise(length);
      expect(await hashed(bytes), `${length} bytes`).toBe(expected(bytes));
    }
  });

  const window = 2 ** 17;
  test.each([window - 9, window - 8, window - 1, window, window + 1, 3 * window + 77])(
    'is that of %i bytes, more than are taken at once or nearly',
    async (length) => {
      const bytes = noise(length);
      expect(await hashed(bytes)).toBe(expected(bytes));
    },
  );

  test('does not depend on how the message is cut', async () => {
    const bytes = noise(2 * window + 1001);
    const parts: Uint8Array[] = [];
    for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7) % 60_013) {
      parts.push(bytes.subarray(at, at + size));
    }
    expect(await hashed(...parts)).toBe(expected(bytes));
    expect(await hashed(bytes, new Uint8Array())).toBe(expected(bytes));
  });

  test('two messages at once do not mix', async () => {
    const [one, two] = [await createSha256(), await createSha256()];
    for (const part of [noise(100), noise(70_000)]) {
      one.update(part);
      two.update(part.toReversed());
    }
    expect(one.hex()).toBe(expected(Buffer.concat([noise(100), noise(70_000)])));
    expect(two.hex()).toBe(
      expected(Buffer.concat([noise(100).toReversed(), noise(70_000).toReversed()])),
    );
  });

  test('without SIMD the library hashes', async () => {
    vi.resetModules();
    const compile = vi.spyOn(WebAssembly, 'compile').mockRejectedValueOnce(new Error('no SIMD'));
    const { createSha256: create } = await import('./sha256.ts');
    const hasher = await create();
    hasher.update(text('abc'));
    expect(hasher.hex()).toBe(expected(text('abc')));
    expect(compile).toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
