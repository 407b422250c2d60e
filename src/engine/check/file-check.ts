import { createXXHash64, type IHasher } from 'hash-wasm';
import { createSha256, type Hasher } from '../../digest/sha256.ts';
import { bytesPerElement, type FloatDtype } from '../../numerics/dtype.ts';
import { countNonFinite, type NonFinite } from './nonfinite.ts';

/** What is known of a written file: its tensors of floats, ascending. Plain data. */
export type FileLayout = {
  readonly tensors: readonly {
    readonly dtype: FloatDtype;
    readonly begin: number;
    readonly end: number;
  }[];
};

/** What a file turned out to hold. */
export type Checked = {
  readonly sha256: string;
  /** Pieces that read back differently than they were written. */
  readonly different: number;
  /** By the tensor's place in the layout; those that hold none are left out. */
  readonly nonFinite: readonly (readonly [tensor: number, NonFinite])[];
};

/** Looks at the bytes of one file in order, once: SHA-256, what each piece should be, NaN and infinity. */
export class FileCheck {
  readonly #layout: FileLayout;
  readonly #sha256: Hasher;
  readonly #quick: IHasher;
  readonly #counts = new Map<number, NonFinite>();
  /** Bytes of an element whose end has not come yet. */
  #rest = new Uint8Array();
  #tensor = 0;
  #at = 0;
  #different = 0;

  static async open(layout: FileLayout): Promise<FileCheck> {
    return new FileCheck(layout, await createSha256(), await createXXHash64());
  }

  private constructor(layout: FileLayout, sha256: Hasher, quick: IHasher) {
    this.#layout = layout;
    this.#sha256 = sha256;
    this.#quick = quick.init();
  }

  /** Takes the next bytes. */
  update(bytes: Uint8Array<ArrayBuffer>): void {
    this.#sha256.update(bytes);
    this.#quick.update(bytes);
    const begin = this.#at;
    this.#at += bytes.length;
    for (; this.#tensor < this.#layout.tensors.length; this.#tensor++) {
      const tensor = this.#layout.tensors[this.#tensor];
      if (tensor.begin >= this.#at) return;
      const from = Math.max(tensor.begin, begin) - begin;
      const to = Math.min(tensor.end, this.#at) - begin;
      if (to > from) this.#count(bytes.subarray(from, to), tensor.dtype);
      if (tensor.end > this.#at) return;
    }
  }

  /** Ends a piece whose XXH64 was this when it was made. */
  endPiece(checksum: string): void {
    if (this.#quick.digest('hex') !== checksum) this.#different++;
    this.#quick.init();
  }

  finish(): Checked {
    return {
      sha256: this.#sha256.hex(),
      different: this.#different,
      nonFinite: [...this.#counts],
    };
  }

  /** Counts in whole elements; what is left of one waits for its end. */
  #count(bytes: Uint8Array<ArrayBuffer>, dtype: FloatDtype): void {
    const size = bytesPerElement(dtype);
    let head = 0;
    if (this.#rest.length > 0) {
      head = Math.min(bytes.length, size - this.#rest.length);
      const joined = new Uint8Array(this.#rest.length + head);
      joined.set(this.#rest);
      joined.set(bytes.subarray(0, head), this.#rest.length);
      this.#rest = joined;
      if (joined.length < size) return;
      this.#add(countNonFinite(joined, dtype));
    }
    const whole = bytes.length - ((bytes.length - head) % size);
    this.#add(countNonFinite(bytes.subarray(head, whole), dtype));
    this.#rest = bytes.slice(whole);
  }

  #add({ nan, infinite }: NonFinite): void {
    if (nan + infinite === 0) return;
    const known = this.#counts.get(this.#tensor) ?? { nan: 0, infinite: 0 };
    const sum = { nan: known.nan + nan, infinite: known.infinite + infinite };
    this.#counts.set(this.#tensor, sum);
  }
}
