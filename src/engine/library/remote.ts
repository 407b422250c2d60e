import type { HubConnection } from '../../hub/connection.ts';
import type { HubFile } from '../../hub/place.ts';
import type { Published } from '../../hub/publication.ts';
import { hubSource } from '../../hub/source.ts';
import { opfsPieces } from '../../io/opfs-pieces.ts';
import { type PieceStore, RangeCache } from '../../io/range-cache.ts';
import type { Source } from '../../io/source.ts';
import { withCache } from '../../io/with-cache.ts';
import type { HubAccess } from '../protocol.ts';
import type { Remote } from '../serve.ts';
import { Traffic } from './traffic.ts';

/** Bytes read ahead of a walk through a file; the Hub counts requests, not bytes. */
const ahead = 32 * 2 ** 20;

/** The Hub as the engine reads it: one connection for all files, whose token may change under them. */
export class HubRemote implements Remote {
  readonly traffic = new Traffic();
  readonly #cache: RangeCache;
  #access: HubAccess | null = null;

  constructor(pieces: PieceStore = opfsPieces('hub-cache')) {
    this.#cache = new RangeCache(pieces, { limit: 0 });
  }

  access(access: HubAccess): void {
    const isNewLimit = access.cacheBytes !== this.#access?.cacheBytes;
    this.#access = access;
    if (isNewLimit) void this.#cache.limitTo(access.cacheBytes);
  }

  /**
   * Sees to it that private storage has room for so many bytes, as far as the cache is in the way, and that
   * the cache does not grow into that room. It stays so until the next call: with 0, when they are written,
   * the cache may grow to its limit again.
   */
  async makeRoom(bytes: number): Promise<void> {
    if (!this.#access) return; // the limit is not known yet: nothing may go
    const limit = this.#access.cacheBytes;
    const { quota, usage } = await estimate();
    if (quota === undefined || usage === undefined) return;
    const most = (await this.#cache.size()) + quota - usage - bytes;
    await this.#cache.limitTo(Math.min(limit, Math.max(0, most)));
  }

  cached(): Promise<number> {
    return this.#cache.size();
  }

  clearCache(): Promise<void> {
    return this.#cache.clear();
  }

  async publish(...[publication, options]: Parameters<Remote['publish']>): Promise<Published> {
    const { publish } = await import('../../hub/publish.ts');
    return publish(this.#connection(), publication, options);
  }

  source(file: HubFile): Source {
    const { sha256, oid } = file;
    const plain = hubSource(this.#connection(), file, {
      onBytes: (bytes) => this.traffic.add(bytes),
      onWait: (wait) => this.traffic.wait(wait),
    });
    const cached = withCache(plain, sha256 ?? oid, this.#cache);
    const digests = [sha256 === null ? `git:${oid}` : `sha256:${sha256}`];
    return { ...cached, ahead, digests, isRemote: true };
  }

  #connection(): HubConnection {
    const access = () => {
      if (!this.#access) throw new Error('The engine was not told which Hub to read from');
      return this.#access;
    };
    return {
      hubUrl: access().hubUrl,
      get token() {
        return access().token;
      },
      fetch: (input, init) => fetch(input, init),
    };
  }
}

/** Of this page's storage. Nothing is known of it where the browser does not say. */
async function estimate(): Promise<StorageEstimate> {
  try {
    return await navigator.storage.estimate();
  } catch {
    return {};
  }
}
