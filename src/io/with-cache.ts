import type { RangeCache } from './range-cache.ts';
import type { Source } from './source.ts';

/**
 * Reads from the cache what it has, and the rest from `source`. `key` must name the content, by hash or ETag:
 * what was kept under it is taken to be the same bytes.
 */
export function withCache(source: Source, key: string, cache: RangeCache): Source {
  return {
    name: source.name,
    size: source.size,
    async read(begin, end, signal) {
      signal?.throwIfAborted();
      if (end <= begin) return new Uint8Array();
      const bytes = new Uint8Array(end - begin);
      for (const gap of await cache.read(key, begin, bytes)) {
        const part = await source.read(gap.begin, gap.end, signal);
        await cache.write(key, gap.begin, part);
        if (part.length === bytes.length) return part;
        bytes.set(part, gap.begin - begin);
      }
      signal?.throwIfAborted();
      return bytes;
    },
  };
}
