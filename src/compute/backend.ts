import type { Guides } from '../methods/lines.ts';
import type { At, Deriving, Measure } from '../methods/method.ts';
import type { FloatDtype } from '../numerics/dtype.ts';

/** A bounded run of elements across all planes, as raw bytes of each plane's dtype. */
export type Block = {
  /** Element index in the tensor. */
  readonly start: number;
  readonly count: number;
  /** The models in recipe order, then the base when there is one. */
  readonly planes: readonly Uint8Array<ArrayBuffer>[];
};

/**
 * Where whoever computes wants the planes of a block: one place for each, of just its bytes. The places hold
 * until the block after the next is asked for.
 */
export type Room = (start: number, count: number) => readonly Uint8Array<ArrayBuffer>[];

/** The planes of one tensor as a stream of blocks that can be read again. */
export type Blocks = {
  readonly elementCount: number;
  /** One per plane. */
  readonly dtypes: readonly FloatDtype[];
  readonly hasBase: boolean;
  /** How many of the planes are guides: the last ones, F32, never rounded. None when left out. */
  readonly guides?: number | undefined;
  /** Values are rounded to it as they are decoded; F32 leaves them as they are. */
  readonly readAs: Work;
  /** All of the tensor, where these are only its later blocks. */
  readonly whole?: Blocks;
  /** With `room`, sources that can put bytes straight there; the block's planes may lie elsewhere. */
  read(signal: AbortSignal, room?: Room): AsyncIterable<Block>;
};

/** Precision of each step; f32 unless a dialect computes in the tensor's dtype. */
export type Work = 'F32' | 'F16' | 'BF16';

export type Kernel = {
  readonly methodId: string;
  readonly coefficients: readonly number[];
  /** What the formula reads of each element besides; nothing when left out. */
  readonly guides?: Guides | null;
  readonly output: FloatDtype;
  readonly work: Work;
  /** The result is rounded to it before it is encoded; F32 leaves it as it is. */
  readonly resultAs: Work;
  readonly at: Pick<At, 'tensorKey' | 'ordinals'>;
};

/** What measures depend on beside the tensor. */
export type MeasureContext = Pick<Kernel, 'work' | 'at'> & {
  /** Whose derived numbers are asked for; left out where none are. */
  readonly deriving?: Deriving | undefined;
};

export type Mapped = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Finite results too large for the output dtype, stored as its largest finite value. */
  readonly saturated: number;
  /** Results that are NaN or infinite. */
  readonly nonFinite: number;
};

/** Runs measures and maps. Two implementations, one set of numbers. */
export interface Backend {
  readonly kind: 'cpu' | 'webgpu';
  /** For people: "WebGPU (nvidia ampere)", "CPU (7 workers)". */
  readonly label: string;
  /**
   * One answer per measure; those by vector in f64, the same on every backend. Exact for counts and order statistics; sums are f32 per workgroup, then f64.
   * The WebGPU backend rejects with `NonFiniteError` when a plane holds NaN or infinity, and with
   * `DeviceLostError` when the GPU goes away; the same tensor can then be done on the CPU.
   */
  measure(
    blocks: Blocks,
    measures: readonly Measure[],
    context: MeasureContext,
    signal: AbortSignal,
  ): Promise<readonly (readonly number[])[]>;
  /** Encoded output, block by block, in order. */
  map(blocks: Blocks, kernel: Kernel, signal: AbortSignal): AsyncIterable<Mapped>;
  dispose(): void;
}

export class NonFiniteError extends Error {
  override readonly name = 'NonFiniteError';
}

export class DeviceLostError extends Error {
  override readonly name = 'DeviceLostError';
}
