import { opfsPieces } from '../io/opfs-pieces.ts';
import { RangeCache } from '../io/range-cache.ts';

/** Sync access handles exist only in dedicated workers, so the test of the cache runs in this one. */
export type CacheCall =
  | { readonly kind: 'write'; readonly begin: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'read'; readonly begin: number; readonly length: number }
  | { readonly kind: 'size' }
  | { readonly kind: 'clear' };

const cache = new RangeCache(opfsPieces('range-cache-test'), { limit: 1_000, pieceBytes: 100 });

self.onmessage = async ({ data, ports }: MessageEvent<CacheCall>) => {
  ports[0].postMessage(await answer(data));
};

async function answer(call: CacheCall): Promise<unknown> {
  switch (call.kind) {
    case 'write':
      return cache.write('key', call.begin, call.bytes);
    case 'read': {
      const bytes = new Uint8Array(call.length);
      return { missing: await cache.read('key', call.begin, bytes), bytes };
    }
    case 'size':
      return cache.size();
    case 'clear':
      return cache.clear();
  }
}
