/** One tensor, looked at closely. Plain data as it travels to the page. */
import type { Stats } from './conflict-map.ts';
import type { TileSums, Tiling } from './tiles.ts';

/** Bytes over the network that a look would take, to be agreed to first. */
export type ToFetch = { readonly toFetch: number };

/** A square of a tensor's matrix, by its first element. */
export type Square = { readonly row: number; readonly column: number; readonly side: number };

/** All of a tensor; exact. */
export type Close = {
  readonly tensor: string;
  readonly shape: readonly number[];
  /** Names of the experts, in recipe order. */
  readonly models: readonly string[];
  readonly tiling: Tiling;
  readonly tiles: TileSums;
  readonly stats: Stats;
  /** Model × model. */
  readonly cosines: readonly (number | null)[];
  readonly opposite: readonly (number | null)[];
};

/** Some elements one by one, row by row. */
export type Patch = {
  readonly tensor: string;
  /** Of its first element, in the tensor's matrix. */
  readonly row: number;
  readonly column: number;
  readonly down: number;
  readonly across: number;
  /** Zero where adapters are merged without one. */
  readonly base: Float32Array;
  /** What the method makes of each element; null where only the matrix as a whole tells. */
  readonly merged: Float32Array | null;
  /** 1 where an element is merged at all. */
  readonly isMerged: Uint8Array;
  /** By expert: its task vector, and what trim or draw leaves of it, before its weight. */
  readonly values: readonly {
    readonly change: Float32Array;
    readonly left: Float32Array;
    readonly weight: number;
  }[];
};
