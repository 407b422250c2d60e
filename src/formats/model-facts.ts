import { elementCount, type Model, type StoredTensor, storedOf } from './model.ts';
import type { Adapter } from './update.ts';

/** A model without its tensors, and what is told of them: it does not grow with their number. */
export type ModelFacts = Omit<Model, 'tensors' | 'quantised' | 'adapter'> & {
  readonly adapter: AdapterFacts | null;
  readonly tensorCount: number;
  /** Elements of all tensors. */
  readonly elements: number;
  /** The dtype most stored bytes have, or "F32 + BF16" when no dtype has nine tenths of them. */
  readonly dtype: string;
};

/** An adapter in a line. */
export type AdapterFacts = {
  readonly dialect: string;
  /** "LoRA", "LoHa", … as they occur. */
  readonly types: readonly string[];
  /** How many weights and biases it changes. */
  readonly updates: number;
  /** Smallest and largest; null where no update has one. */
  readonly ranks: readonly [number, number] | null;
  /** What it says it was trained on. */
  readonly base: string | null;
};

export function factsOf({ tensors, quantised: _, adapter, ...rest }: Model): ModelFacts {
  const stored = adapter ? storedIn(adapter) : [...tensors.values()].flatMap(storedOf);
  const counted = adapter ? stored : [...tensors.values()];
  return {
    ...rest,
    adapter: adapter && adapterFacts(adapter),
    tensorCount: counted.length,
    elements: counted.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    dtype: mainDtypeOf(stored),
  };
}

function storedIn({ updates, saved }: Adapter): readonly StoredTensor[] {
  return [...updates.flatMap(({ inputs }) => inputs), ...saved.map(({ tensor }) => tensor)];
}

function adapterFacts({ dialect, updates, base }: Adapter): AdapterFacts {
  const ranks = updates.flatMap(({ rank }) => rank ?? []).toSorted((a, b) => a - b);
  return {
    dialect,
    types: [...new Set(updates.map(({ type }) => type))],
    updates: updates.length,
    ranks: ranks.length > 0 ? [ranks[0], ranks[ranks.length - 1]] : null,
    base: base?.name ?? null,
  };
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
