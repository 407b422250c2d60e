import { elementCount, type Model, type StoredTensor, storedOf } from './model.ts';

/** A model without its tensors, and what is told of them: it does not grow with their number. */
export type ModelFacts = Omit<Model, 'tensors' | 'quantised'> & {
  readonly tensorCount: number;
  /** Elements of all tensors. */
  readonly elements: number;
  /** The dtype most stored bytes have, or "F32 + BF16" when no dtype has nine tenths of them. */
  readonly dtype: string;
};

export function factsOf({ tensors, quantised: _, ...rest }: Model): ModelFacts {
  let elements = 0;
  for (const { shape } of tensors.values()) elements += elementCount(shape);
  const dtype = mainDtypeOf([...tensors.values()].flatMap(storedOf));
  return { ...rest, tensorCount: tensors.size, elements, dtype };
}

function mainDtypeOf(tensors: readonly StoredTensor[]): string {
  const bytesOf = new Map<string, number>();
  let total = 0;
  for (const { dtype, begin, end } of tensors) {
    bytesOf.set(dtype, (bytesOf.get(dtype) ?? 0) + end - begin);
    total += end - begin;
  }
  const sorted = [...bytesOf].sort((a, b) => b[1] - a[1]);
  if (sorted.length === 0) return 'no tensors';
  const [[first, most]] = sorted;
  return most >= 0.9 * total ? first : `${first} + ${sorted[1][0]}`;
}
