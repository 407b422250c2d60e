import type { Run } from './sampling.ts';

/** Task vectors in sums: how long each is, how they lie to each other, and how long the base is beside them. */
export class Ledger {
  elements = 0;
  /** Σ b²; 0 without a base. */
  baseSquares = 0;
  /** By expert: Σ Δ². */
  readonly squares: Float64Array;
  /** Expert × expert: Σ Δₐ·Δ_b, both halves. */
  readonly products: Float64Array;

  readonly models: number;

  constructor(models: number) {
    this.models = models;
    this.squares = new Float64Array(models);
    this.products = new Float64Array(models * models);
  }

  /** @param each how many elements each of the values stands for */
  take(deltas: readonly Float32Array[], base: Float32Array | null, each = 1): void {
    const { models, products, squares } = this;
    this.elements += (deltas[0]?.length ?? 0) * each;
    if (base) this.baseSquares += each * dot(base, base);
    for (let a = 0; a < models; a++) {
      for (let b = a; b < models; b++) {
        const product = each * dot(deltas[a], deltas[b]);
        products[a * models + b] += product;
        if (a !== b) products[b * models + a] += product;
        else squares[a] += product;
      }
    }
  }

  /** Takes runs of the deltas one by one; what each comes to by itself, before it is scaled, tells of errors. */
  takeRuns(
    deltas: readonly Float32Array[],
    base: Float32Array | null,
    runs: readonly Run[],
    each: number,
  ): readonly Ledger[] {
    let at = 0;
    return runs.map(([from, to]) => {
      const [begin, end] = [at, at + to - from];
      at = end;
      const one = new Ledger(this.models);
      const part = (values: Float32Array) => values.subarray(begin, end);
      one.take(deltas.map(part), base && part(base));
      this.add(one, each);
      return one;
    });
  }

  clear(): void {
    this.elements = 0;
    this.baseSquares = 0;
    this.squares.fill(0);
    this.products.fill(0);
  }

  /** Adds another, every sum times `factor`. */
  add(other: Ledger, factor = 1): void {
    this.elements += factor * other.elements;
    this.baseSquares += factor * other.baseSquares;
    for (let k = 0; k < this.models; k++) this.squares[k] += factor * other.squares[k];
    for (let i = 0; i < this.products.length; i++) this.products[i] += factor * other.products[i];
  }
}

/** Σ aᵢ·bᵢ in f64; what is not a finite number counts as zero. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  if (Number.isFinite(sum)) return sum;
  const finite = (value: number) => (Number.isFinite(value) ? value : 0);
  return a.reduce((total, value, i) => total + finite(value) * finite(b[i]), 0);
}

/** ⟨a, b⟩ ÷ (‖a‖·‖b‖), −1 … 1; null where one has no direction. */
export function cosineOf(product: number, squaresA: number, squaresB: number): number | null {
  const length = Math.sqrt(squaresA) * Math.sqrt(squaresB);
  return length > 0 ? Math.max(-1, Math.min(1, product / length)) : null;
}
