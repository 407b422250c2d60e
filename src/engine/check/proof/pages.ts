import { decode } from '../../../numerics/decode.ts';
import { bytesPerElement, type FloatDtype } from '../../../numerics/dtype.ts';

/** Elements of a page. */
const PAGE = 4096;
/** Pages that are read at once at most. */
const TOGETHER = 1024;

/** Reads bytes [begin, end) of a tensor. */
export type ReadBytes = (begin: number, end: number) => Promise<Uint8Array<ArrayBuffer>>;

/** Some elements of a stored tensor: asked for first, then read, then at hand. As f32. */
export class Pages {
  readonly #dtype: FloatDtype;
  readonly #length: number;
  readonly #read: ReadBytes;
  readonly #pages = new Map<number, Float32Array | null>();
  #last = -1;
  #values: Float32Array | null = null;

  constructor(dtype: FloatDtype, byteLength: number, read: ReadBytes) {
    this.#dtype = dtype;
    this.#length = byteLength / bytesPerElement(dtype);
    this.#read = read;
  }

  /** An element; 0 before it was read, and then it will be. */
  at(element: number): number {
    const page = Math.floor(element / PAGE);
    if (page !== this.#last) {
      this.#last = page;
      this.#values = this.#pages.get(page) ?? null;
      if (this.#values === null) this.#pages.set(page, null);
    }
    return this.#values === null ? 0 : this.#values[element - page * PAGE];
  }

  /** Reads what was asked for. */
  async load(): Promise<void> {
    this.#last = -1;
    const missing = [...this.#pages].filter(([, values]) => values === null).map(([page]) => page);
    missing.sort((a, b) => a - b);
    for (let i = 0; i < missing.length; ) {
      let next = i + 1;
      while (
        next < missing.length &&
        missing[next] === missing[i] + next - i &&
        next - i < TOGETHER
      )
        next += 1;
      await this.#fetch(missing[i], next - i);
      i = next;
    }
  }

  async #fetch(first: number, count: number): Promise<void> {
    const size = bytesPerElement(this.#dtype);
    const end = Math.min(this.#length, (first + count) * PAGE);
    const bytes = await this.#read(first * PAGE * size, end * size);
    const values = new Float32Array(end - first * PAGE);
    decode(bytes, this.#dtype, values);
    for (let k = 0; k < count; k++) {
      this.#pages.set(first + k, values.subarray(k * PAGE, (k + 1) * PAGE));
    }
  }
}
