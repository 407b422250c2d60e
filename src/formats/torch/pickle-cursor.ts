import { viewOf } from './bytes.ts';
import { again, type Refusal } from './refusal.ts';

/** Of a module or of a name, in bytes. */
const maxLine = 512;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function damagedPickle(refuse: Refusal, found: string, expected: string) {
  return refuse('bad-pickle', `a pickle with ${found}`, expected, again);
}

/** Reads a pickle's bytes one after the other, never past their end. */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #refuse: Refusal;
  #at = 0;

  constructor(bytes: Uint8Array, refuse: Refusal) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#refuse = refuse;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    return this.#bytes[this.#take(1)];
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** The one number that pickles write the high byte first. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8));
  }

  /** A length of one byte, then that many, the lowest first, in two's complement. */
  long(): number | bigint {
    const length = this.byte();
    const at = this.#take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[at + i]);
    const signed = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  /** A length of four bytes, then that many of UTF-8. */
  text(): string {
    const length = this.uint32();
    const at = this.#take(length);
    try {
      return utf8.decode(this.#bytes.subarray(at, at + length));
    } catch {
      throw damagedPickle(this.#refuse, 'a text that is not UTF-8', 'UTF-8');
    }
  }

  line(): string {
    const begin = this.#at;
    const end = this.#bytes.subarray(begin, begin + maxLine).indexOf(0x0a);
    if (end < 0) {
      const expected = `a line of fewer than ${maxLine} bytes`;
      throw damagedPickle(this.#refuse, 'a name without an end', expected);
    }
    this.#at += end + 1;
    return new TextDecoder().decode(this.#bytes.subarray(begin, begin + end));
  }

  /** Moves on by `length` bytes and returns where they begin. */
  #take(length: number): number {
    if (length > this.left) {
      const found = `${length} bytes announced where ${this.left} are left`;
      throw damagedPickle(this.#refuse, found, 'all of them');
    }
    this.#at += length;
    return this.#at - length;
  }
}
