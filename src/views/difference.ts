/** How the weights of one model differ from another's, whatever they have to do with each other. Plain data. */
import { type ChangeStats, changeStats, type TensorChanges } from './changes.ts';
import { cosineOf, Ledger } from './ledger.ts';
import { MagnitudeBins, type Magnitudes } from './magnitudes.ts';

/** Δ = second − first over some tensors, and the cosine of the weights themselves. */
export type Differs = ChangeStats & { readonly cosine: number | null };

export type Difference = {
  readonly names: readonly [string, string];
  /** Elements of the tensors of floats that both have in one shape, and how many of them were looked at. */
  readonly elements: number;
  readonly sampled: number;
  /** These tensors, and how many of them were looked at. */
  readonly tensorsMerged: number;
  readonly tensorsSampled: number;
  readonly whole: Differs;
  readonly groups: readonly (Differs & { readonly name: string })[];
  readonly layers: readonly (Differs & { readonly name: string })[];
  /** A line for each tensor that was looked at, in the order of the first model; the cosines beside them, NaN for null. */
  readonly tensors: TensorChanges & { readonly cosines: Float64Array };
  /** |Δ| of all, and of the tensor that was asked for. */
  readonly magnitudes: {
    readonly model: Magnitudes;
    readonly tensor: { readonly name: string; readonly of: Magnitudes } | null;
  };
  readonly lists: DifferenceLists;
};

/** Names, in the order of the model that has them. */
export type DifferenceLists = {
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
  /** In both, and not to be compared element by element. */
  readonly otherShape: readonly Pair[];
  /** Compared, though they are stored in different dtypes. */
  readonly otherDtype: readonly Pair[];
  /** Equal in every element, and in every element of a sample. */
  readonly equal: readonly string[];
  readonly equalInSample: readonly string[];
  /** No floats: equal bytes or not; null where that was not looked at. */
  readonly notFloats: readonly { readonly tensor: string; readonly isEqual: boolean | null }[];
};

/** What the first and the second have: "[4, 8]", "BF16". */
export type Pair = { readonly tensor: string; readonly first: string; readonly second: string };

/** Sums over the elements of two models. */
export class Gap {
  readonly #weights = new Ledger(2);
  readonly #bins = new MagnitudeBins();

  get elements(): number {
    return this.#weights.elements;
  }

  /** @param each how many elements each of the values stands for */
  take(first: Float32Array, second: Float32Array, delta: Float32Array, each = 1): void {
    this.#weights.take([first, second], null, each);
    this.#bins.take(delta, each);
  }

  /** @param each how many elements each of the other's stands for */
  add(other: Gap, each = 1): void {
    this.#weights.add(other.#weights, each);
    this.#bins.add(other.#bins, each);
  }

  clear(): void {
    this.#weights.clear();
    this.#bins.clear();
  }

  magnitudes(): Magnitudes {
    return this.#bins.sum();
  }

  differs(): Differs {
    const { squares, products } = this.#weights;
    const cosine = cosineOf(products[1], squares[0], squares[1]);
    return { ...changeStats(this.magnitudes(), squares[0]), cosine };
  }
}
