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
  private limit: number;
  private readonly pieceBytes: number;
  private readonly now: () => number;
  /** By name, as far as this tab knows. */
  private pieces = new Map<string, Piece>();
  private isListed = false;
  private turn: Promise<unknown> = Promise.resolve();

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
    return this.inTurn(() => this.copy(id, begin, target));
  }

  /** Keeps bytes of a file, if there is room. */
  async write(key: string, begin: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const id = await idOf(key);
    await this.inTurn(() => this.keep(id, begin, bytes));
  }

  /** Bytes it holds, those of other tabs included. */
  size(): Promise<number> {
    return this.inTurn(async () => {
      await this.list();
      return this.held();
    });
  }

  /** Keeps so many bytes at most from here on. What is above goes at once, least recently used first. */
  async limitTo(bytes: number): Promise<void> {
    this.limit = bytes;
    await this.inTurn(async () => {
      await this.list();
      await this.makeRoom(0);
    });
  }

  /** Removes all that lies in the store, whoever put it there. */
  clear(): Promise<void> {
    return this.inTurn(async () => {
      for (const name of await this.store.list().catch(() => [])) await this.forget(name);
      this.pieces.clear();
    });
  }

  /** One use of the store at a time: names change with every use, and writes have to agree on the room. */
  private inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.turn.then(act);
    this.turn = result.catch(() => {});
    return result;
  }

  private async copy(key: string, begin: number, target: Uint8Array): Promise<readonly Range[]> {
    if (!this.isListed) await this.list();
    const end = begin + target.length;
    const found = [...this.pieces]
      .filter(([, piece]) => piece.key === key && piece.begin < end && piece.end > begin)
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

  private async keep(key: string, begin: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.limit === 0) return;
    await this.list();
    const last = begin + bytes.length;
    for (let at = begin, end: number; at < last; at = end) {
      end = Math.min(last, (Math.floor(at / this.pieceBytes) + 1) * this.pieceBytes);
      if (end - at > this.limit) continue;
      const part = bytes.subarray(at - begin, end - begin);
      const piece = { key, begin: at, end, used: this.now() };
      await this.makeRoom(part.length);
      if (await this.put(piece, part)) continue;
      await this.evict(part.length);
      if (!(await this.put(piece, part))) return; // the rest would not fit either
    }
  }

  /** False when the store has no room for it. */
  private async put(piece: Piece, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const name = nameOf(piece);
    try {
      await this.store.write(name, bytes);
    } catch {
      await this.forget(name);
      return false;
    }
    this.pieces.set(name, piece);
    return true;
  }

  /** Asks the store anew: other tabs write and remove too. */
  private async list(): Promise<void> {
    const names = await this.store.list().catch(() => []);
    const pieces = names.flatMap((name) => pieceOf(name) ?? []);
    this.pieces = new Map(pieces.map((piece) => [nameOf(piece), piece]));
    this.isListed = true;
  }

  /** Reads a piece and notes the use. A crash may have cut a piece short, another tab may have taken it. */
  private async take(name: string, piece: Piece): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await this.store.read(name).catch(() => null);
    if (bytes?.length !== piece.end - piece.begin) {
      await this.forget(name);
      return null;
    }
    const used = { ...piece, used: this.now() };
    try {
      if (used.used !== piece.used) await this.store.rename(name, nameOf(used));
    } catch {
      return bytes; // under its old name
    }
    this.pieces.delete(name);
    this.pieces.set(nameOf(used), used);
    return bytes;
  }

  private held(): number {
    return [...this.pieces.values()].reduce((sum, { begin, end }) => sum + end - begin, 0);
  }

  private async makeRoom(bytes: number): Promise<void> {
    await this.evict(this.held() + bytes - this.limit);
  }

  /** Lets go of at least so many bytes, if it holds them. */
  private async evict(bytes: number): Promise<void> {
    const oldest = [...this.pieces].sort(([, a], [, b]) => a.used - b.used).values();
    for (let left = bytes; left > 0; ) {
      const { value, done } = oldest.next();
      if (done) return;
      left -= value[1].end - value[1].begin;
      await this.forget(value[0]);
    }
  }

  private async forget(name: string): Promise<void> {
    this.pieces.delete(name);
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
