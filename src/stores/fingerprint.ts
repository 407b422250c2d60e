/** Samples of a model's weights, and bytes of each: enough to tell fine-tunes of one base apart. */
const SAMPLES = 64;
const SAMPLE = 4096;

/**
 * What a model's weights are recognised by, whatever their files are called: 32 hex digits of the SHA-256
 * over the sizes of its files and evenly spaced samples of their bytes. Tells models apart; proves nothing.
 * Null when the files cannot be read.
 */
export async function fingerprintOf(files: readonly Blob[]): Promise<string | null> {
  const all = new Blob([...files]);
  const sizes = `${files.map(({ size }) => size).join()}\n`;
  const samples = placesOf(all.size).map(([begin, end]) => all.slice(begin, end));
  try {
    const bytes = await new Blob([sizes, ...samples]).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return [...digest.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    return null;
  }
}

/** The first and the last bytes are in the samples, and so is all of a small model. */
function placesOf(size: number): readonly (readonly [begin: number, end: number])[] {
  if (size <= SAMPLES * SAMPLE) return [[0, size]];
  return Array.from({ length: SAMPLES }, (_, k) => {
    const begin = Math.floor((k / (SAMPLES - 1)) * (size - SAMPLE));
    return [begin, begin + SAMPLE] as const;
  });
}
