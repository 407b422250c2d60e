import { FormatError } from '../formats/error.ts';

/** The `FormatError` that `work` ends with; throws when there is none, or another error. */
export async function refused(work: Promise<unknown> | (() => unknown)): Promise<FormatError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error('not refused');
}
