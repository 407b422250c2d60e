import { asReadError, ReadError } from './errors.ts';
import type { Source } from './source.ts';

/** A file the user dropped or picked. `name` is its path in the drop. */
export function blobSource(name: string, blob: Blob): Source {
  return {
    name,
    size: blob.size,
    async read(begin, end, signal) {
      signal?.throwIfAborted();
      const buffer = await blob
        .slice(begin, end)
        .arrayBuffer()
        .catch((error: unknown) => {
          throw asReadError(error, name);
        });
      signal?.throwIfAborted();
      if (buffer.byteLength === end - begin) return new Uint8Array(buffer);
      throw new ReadError('short', {
        file: name,
        found: `${buffer.byteLength} bytes from byte ${begin}`,
        expected: `${end - begin}`,
        advice: 'The file changed while it was open: drop it again.',
      });
    },
  };
}
