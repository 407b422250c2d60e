import type { Source } from '../../io/source.ts';
import type { Sources } from './sources.ts';

/** The same sources, and how many bytes came from them. */
export function countReads(sources: Sources): { readonly sources: Sources; bytes(): number } {
  let total = 0;
  const counted = (source: Source): Source => ({
    ...source,
    async read(begin, end, signal, into) {
      const bytes = await source.read(begin, end, signal, into);
      total += bytes.length;
      return bytes;
    },
  });
  return {
    bytes: () => total,
    sources: {
      weights: (model, file) => counted(sources.weights(model, file)),
      companion: (model, name) => counted(sources.companion(model, name)),
    },
  };
}
