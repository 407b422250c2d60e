type Whole = { readonly size: number; readonly bytes: Promise<Uint8Array<ArrayBuffer> | null> };

/**
 * Files that came whole where a part was asked for: `limit` bytes of them at most, those on their way
 * included. What was used least recently goes first.
 */
export class WholeFiles {
  readonly limit: number;
  readonly #files = new Map<object, Whole>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** What is kept for `owner`; resolves to null when it did not come. */
  get(owner: object): Whole['bytes'] | undefined {
    const known = this.#files.get(owner);
    if (!known) return undefined;
    this.#files.delete(owner);
    this.#files.set(owner, known);
    return known.bytes;
  }

  /** Takes `size` bytes that are on their way; null, for none, is not kept. */
  keep(owner: object, size: number, bytes: Whole['bytes']): Whole['bytes'] {
    const file = { size, bytes };
    this.#files.set(owner, file);
    let held = [...this.#files.values()].reduce((sum, one) => sum + one.size, 0);
    for (const [oldest, one] of this.#files) {
      if (held <= this.limit) break;
      held -= one.size;
      this.#files.delete(oldest);
    }
    void bytes.then((came) => {
      if (came === null && this.#files.get(owner) === file) this.#files.delete(owner);
    });
    return bytes;
  }
}
