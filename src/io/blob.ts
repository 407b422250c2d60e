import { asReadError, ReadError } from './errors.ts';
import { letGo } from './let-go.ts';
import type { Source } from './source.ts';

/** Bytes asked of the browser at once when they have a place to go: what it gives is garbage afterwards. */
const STEP = 8 * 2 ** 20;

/** A file the user dropped or picked. `name` is its path in the drop. */
export function blobSource(name: string, blob: Blob): Source {
  return {
    name,
    size: blob.size,
    local: { kind: 'blob', blob },
    async read(begin, end, signal, into) {
      if (!into) return await slice(begin, end, signal);
      for (let at = begin; at < end; at += STEP) {
        const bytes = await slice(at, Math.min(end, at + STEP), signal);
        into.set(bytes, at - begin);
        letGo(bytes);
      }
      return into;
    },
  };

  async function slice(begin: number, end: number, signal?: AbortSignal) {
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
  }
}
