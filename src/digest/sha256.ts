import { createSHA256 } from 'hash-wasm';
import { BLOCKS_AT, HASH_AT, sha256Module } from './sha256-code.ts';

/** The hash of one message that comes in parts. */
export type Hasher = {
  update(bytes: Uint8Array): void;
  /** The end: 64 hexadecimal digits. */
  hex(): string;
};

/** FIPS 180-4, 5.3.3. */
const START = [
  ...[0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a],
  ...[0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
];
const BLOCK = 64;
/** Bytes taken in one call; they stay in a processor's cache. */
const WINDOW = 2 ** 17;
const PAGE = 2 ** 16;

let compiled: Promise<WebAssembly.Module> | null = null;

/**
 * SHA-256 (FIPS 180-4). Browsers digest whole buffers only, and a file is larger than memory; the library
 * takes parts, but this is nearly twice as fast, and hashing is what a merge waits for. Where there is no
 * WebAssembly SIMD, the library does it.
 */
export async function createSha256(): Promise<Hasher> {
  compiled ??= WebAssembly.compile(sha256Module());
  const module = await compiled.catch(() => null);
  if (!module) return library();
  const memory = new WebAssembly.Memory({ initial: Math.ceil((BLOCKS_AT + WINDOW) / PAGE) + 1 });
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return new Sha256(memory, exports.main as Sha256['take']);
}

class Sha256 implements Hasher {
  /** Takes blocks of the window into the hash. */
  readonly take: (from: number, blocks: number) => void;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  /** Bytes that wait in the window, and all that came. */
  #waiting = 0;
  #length = 0;

  constructor({ buffer }: WebAssembly.Memory, take: Sha256['take']) {
    this.take = take;
    this.#bytes = new Uint8Array(buffer, BLOCKS_AT);
    this.#words = new Uint32Array(buffer, HASH_AT, START.length);
    this.#words.set(START);
  }

  update(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + WINDOW - this.#waiting);
      this.#bytes.set(part, this.#waiting);
      this.#waiting += part.length;
      from += part.length;
      if (this.#waiting === WINDOW) {
        this.take(BLOCKS_AT, WINDOW / BLOCK);
        this.#waiting = 0;
      }
    }
    this.#length += bytes.length;
  }

  /** 5.1.1: one bit, zeros, the length in bits as 64 bits. */
  hex(): string {
    const end = Math.ceil((this.#waiting + 1 + 8) / BLOCK) * BLOCK;
    this.#bytes.fill(0, this.#waiting, end);
    this.#bytes[this.#waiting] = 0x80;
    const bits = new DataView(this.#bytes.buffer, BLOCKS_AT + end - 8);
    bits.setBigUint64(0, 8n * BigInt(this.#length));
    this.take(BLOCKS_AT, end / BLOCK);
    return [...this.#words].map((word) => word.toString(16).padStart(8, '0')).join('');
  }
}

async function library(): Promise<Hasher> {
  const hasher = (await createSHA256()).init();
  return { update: (bytes) => void hasher.update(bytes), hex: () => hasher.digest('hex') };
}
