import { elementCount, type Model, storedOf } from '../formats/model.ts';

/** Number of elements of all tensors. */
export function elementsOf(model: Model): number {
  let sum = 0;
  for (const { shape } of model.tensors.values()) sum += elementCount(shape);
  return sum;
}

/** The dtype most stored bytes have, or "F32 + BF16" when no dtype has nine tenths of them. */
export function mainDtypeOf(model: Model): string {
  const bytesOf = new Map<string, number>();
  let total = 0;
  for (const { dtype, begin, end } of [...model.tensors.values()].flatMap(storedOf)) {
    bytesOf.set(dtype, (bytesOf.get(dtype) ?? 0) + end - begin);
    total += end - begin;
  }
  const sorted = [...bytesOf].sort((a, b) => b[1] - a[1]);
  if (sorted.length === 0) return 'no tensors';
  const [[first, most]] = sorted;
  return most >= 0.9 * total ? first : `${first} + ${sorted[1][0]}`;
}
