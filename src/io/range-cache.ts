/** Where the pieces of a cache lie. Names are letters, digits and dashes. */
export interface PieceStore {
  list(): Promise<readonly string[]>;
  /** Null when it is gone. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Rejects when there is no room. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Does nothing when it is gone. */
  remove(name: string): Promise<void>;
}

export type Range = { readonly begin: number; readonly end: number };

/** A part of a file, kept under a name that says all there is to know of it. */
type Piece = Range & { readonly key: string; readonly used: number };

export type RangeCacheOptions = {
  /** Bytes kept at most. */
  readonly limit: number;
  /** Larger writes are cut at multiples of so many bytes. */
  readonly pieceBytes?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
};

/**
 * Byte ranges kept from one run to the next. It keeps exactly what was read, never more; when it is full, what
 * was used least recently goes first. A cache may lose anything at any time, so nothing here rejects: what
 * cannot be read is missing, what cannot be written is not kept.
 */
export class RangeCache {
  private readonly store: PieceStore;
  private readonly limit: number;
  private readonly pieceBytes: number;
  private readonly now: () => number;
  private pieces: Promise<Map<string, Piece>> | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    store: PieceStore,
    { limit, pieceBytes = 8 * 2 ** 20, now = Date.now }: RangeCacheOptions,
  ) {
    this.store = store;
    this.limit = limit;
    this.pieceBytes = pieceBytes;
    this.now = now;
  }

  /** Copies what it has of [begin, begin + target.length) into `target`; resolves to what is missing. */
  async read(key: string, begin: number, target: Uint8Array): Promise<readonly Range[]> {
    const id = await idOf(key);
    const end = begin + target.length;
    const pieces = await this.index();
    const found = [...pieces]
      .filter(([, piece]) => piece.key === id && piece.begin < end && piece.end > begin)
      .sort(([, a], [, b]) => a.begin - b.begin);
    const missing: Range[] = [];
    let at = begin;
    for (const [name, piece] of found) {
      if (piece.end <= at) continue;
      const bytes = await this.take(name, piece);
      if (bytes === null) continue;
      if (piece.begin > at) missing.push({ begin: at, end: piece.begin });
      const from = Math.max(at, piece.begin);
      const to = Math.min(end, piece.end);
      target.set(bytes.subarray(from - piece.begin, to - piece.begin), from - begin);
      at = to;
    }
    if (at < end) missing.push({ begin: at, end });
    return missing;
  }

  /** Keeps bytes of a file, if there is room. One write at a time, so that they agree on the room. */
  async write(key: string, begin: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const id = await idOf(key);
    this.writing = this.writing.then(() => this.keep(id, begin, bytes));
    await this.writing;
  }

  /** Bytes it holds. */
  async size(): Promise<number> {
    const pieces = await this.index();
    return [...pieces.values()].reduce((sum, { begin, end }) => sum + end - begin, 0);
  }

  async clear(): Promise<void> {
    for (const name of [...(await this.index()).keys()]) await this.forget(name);
  }

  private async keep(key: string, begin: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const pieces = await this.index();
    const last = begin + bytes.length;
    for (let at = begin, end: number; at < last; at = end) {
      end = Math.min(last, (Math.floor(at / this.pieceBytes) + 1) * this.pieceBytes);
      if (end - at > this.limit) continue;
      await this.makeRoom(end - at);
      const piece = { key, begin: at, end, used: this.now() };
      try {
        await this.store.write(nameOf(piece), bytes.subarray(at - begin, end - begin));
      } catch {
        return this.forget(nameOf(piece)); // the rest would not fit either
      }
      pieces.set(nameOf(piece), piece);
    }
  }

  private index(): Promise<Map<string, Piece>> {
    this.pieces ??= this.store.list().then(
      (names) => new Map(names.flatMap((name) => pieceOf(name) ?? []).map((p) => [nameOf(p), p])),
      () => new Map(),
    );
    return this.pieces;
  }

  /** Reads a piece and notes the use. A crash may have cut a piece short, another tab may have taken it. */
  private async take(name: string, piece: Piece): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await this.store.read(name).catch(() => null);
    if (bytes?.length !== piece.end - piece.begin) {
      await this.forget(name);
      return null;
    }
    const used = { ...piece, used: this.now() };
    const pieces = await this.index();
    if (used.used !== piece.used && pieces.delete(name)) {
      pieces.set(nameOf(used), used);
      await this.store.rename(name, nameOf(used)).catch(() => this.forget(nameOf(used)));
    }
    return bytes;
  }

  private async makeRoom(bytes: number): Promise<void> {
    const pieces = await this.index();
    const oldest = [...pieces].sort(([, a], [, b]) => a.used - b.used).values();
    for (let held = await this.size(); held + bytes > this.limit; ) {
      const { value, done } = oldest.next();
      if (done) return;
      held -= value[1].end - value[1].begin;
      await this.forget(value[0]);
    }
  }

  private async forget(name: string): Promise<void> {
    (await this.index()).delete(name);
    await this.store.remove(name).catch(() => {});
  }
}

function nameOf({ key, begin, end, used }: Piece): string {
  return [key, begin, end, used].join('-');
}

function pieceOf(name: string): Piece | null {
  const [, key, ...numbers] = /^([0-9a-f]{32})-(\d+)-(\d+)-(\d+)$/.exec(name) ?? [];
  if (key === undefined) return null;
  const [begin, end, used] = numbers.map(Number);
  return { key, begin, end, used };
}

/** Keys are etags and paths; file names may not hold all of their letters. */
async function idOf(key: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key));
  const bytes = [...new Uint8Array(hash, 0, 16)];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
