import { type Arithmetic, type ArithmeticKey, arithmeticWords } from '../methods/dialect.ts';
import { type Place, readObject, readOneOf } from './reader.ts';

/** Dialect choices that are set by hand. */
export function readArithmetic(place: Place): Partial<Arithmetic> {
  const keys = Object.keys(arithmeticWords) as ArithmeticKey[];
  const fields = readObject(place, keys);
  const present = keys.filter((key) => fields.at(key).value !== undefined);
  const pairs = present.map((key) => [
    key,
    readOneOf(fields.at(key), Object.keys(arithmeticWords[key].choices)),
  ]);
  return Object.fromEntries(pairs) as Partial<Arithmetic>;
}
