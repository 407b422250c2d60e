/** Pickles read as those of a file called w.bin. */
import { refusing } from '../formats/torch/refusal.ts';
import { unpickle } from '../formats/torch/unpickle.ts';
import { type Pickled, pickle } from './pickle.ts';
import { refused } from './refused.ts';

export const read = (bytes: Uint8Array) => unpickle(bytes, refusing('w.bin'));
export const of = (...parts: readonly Pickled[]) => read(pickle(...parts));
export const refusal = (...parts: readonly Pickled[]) => refused(() => of(...parts));

export const repeated = (count: number, ...bytes: readonly number[]) =>
  Array.from({ length: count }, () => bytes).flat();
