import { limits, TaskFileError } from './problems.ts';

/** A character of UTF-8 has three bytes at most for each of UTF-16, which `limits.file` counts. */
const mostBytes = 3 * limits.file;

/** Whether a file of so many bytes cannot be short enough, so that nobody reads it in vain. */
export const isTooLarge = (bytes: number): boolean => bytes > mostBytes;

/**
 * The text of a file: UTF-8, or UTF-16 where it begins with a byte order mark, as spreadsheets save "Unicode text". A
 * TaskFileError for anything else: wrong letters would be asked and scored as if they were right.
 */
export function decoded(file: string, bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isLittle = first === 0xff && second === 0xfe;
  const encoding = isLittle ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new TaskFileError(file, [
      `Found bytes that are no text in ${encoding.toUpperCase()}. ${advice}`,
    ]);
  }
  if (text.includes('\0')) {
    throw new TaskFileError(file, [
      `Found characters of the number 0, as in files that are no text. ${advice}`,
    ]);
  }
  return text;
}

const advice = 'Expected a text in UTF-8: save it anew as such.';
