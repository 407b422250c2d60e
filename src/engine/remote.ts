import type { HubConnection } from '../hub/connection.ts';
import type { HubFile } from '../hub/place.ts';
import type { Published } from '../hub/publish.ts';
import { hubSource } from '../hub/source.ts';
import { opfsPieces } from '../io/opfs-pieces.ts';
import { RangeCache } from '../io/range-cache.ts';
import type { Source } from '../io/source.ts';
import { withCache } from '../io/with-cache.ts';
import type { HubAccess } from './protocol.ts';
import type { Remote } from './serve.ts';
import { Traffic } from './traffic.ts';

/** Bytes read ahead of a walk through a file; the Hub counts requests, not bytes. */
const ahead = 32 * 2 ** 20;

/** The Hub as the engine reads it: one connection for all files, whose token may change under them. */
export class HubRemote implements Remote {
  readonly traffic = new Traffic();
  readonly #pieces = opfsPieces('hub-cache');
  #access: HubAccess | null = null;
  #cache = new RangeCache(this.#pieces, { limit: 0 });

  access(access: HubAccess): void {
    if (access.cacheBytes !== this.#access?.cacheBytes) {
      this.#cache = new RangeCache(this.#pieces, { limit: access.cacheBytes });
    }
    this.#access = access;
  }

  cached(): Promise<number> {
    return this.#cache.size();
  }

  clearCache(): Promise<void> {
    return this.#cache.clear();
  }

  async publish(...[publication, options]: Parameters<Remote['publish']>): Promise<Published> {
    const { publish } = await import('../hub/publish.ts');
    return publish(this.#connection(), publication, options);
  }

  source(file: HubFile): Source {
    const { sha256, oid } = file;
    const plain = hubSource(this.#connection(), file, {
      onBytes: (bytes) => this.traffic.add(bytes),
      onWait: (wait) => this.traffic.wait(wait),
    });
    const cached: Source = {
      name: file.path,
      size: file.size,
      read: (begin, end, signal) =>
        withCache(plain, sha256 ?? oid, this.#cache).read(begin, end, signal),
    };
    return { ...cached, ahead, digests: [sha256 === null ? `git:${oid}` : `sha256:${sha256}`] };
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
