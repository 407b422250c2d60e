/** What a run tells, while it goes on and at its end. Plain data as it travels to the page. */
import type { Wait } from '../hub/connection.ts';

/** What one tensor went through. */
export type TensorReport = {
  readonly tensor: string;
  readonly backend: 'cpu' | 'webgpu' | 'copy';
  readonly changed: boolean | null;
  readonly saturated: number;
  readonly nonFinite: number;
  /** "GPU lost, done again on the CPU", "non-finite input, done on the CPU", a method's remark. */
  readonly notes: readonly string[];
};

/** Whether a tensor has something to say. */
export function hasRemark({ notes, saturated, nonFinite }: TensorReport): boolean {
  return notes.length > 0 || saturated > 0 || nonFinite > 0;
}

/** What rounding to the output's dtype left of a change, by elements that were looked at. */
export type Survived = {
  /** Of the elements that the merge changes: the share that is stored as another value than the base's. */
  readonly elements: number;
  /** ⟨stored − base, Δ⟩ / ‖Δ‖², Δ being the change before it was rounded. */
  readonly change: number;
};

/** Elements of the tensors that adapters change, computed once more apart from the merge, and what became of them. */
export type Proof = {
  readonly tensors: number;
  readonly elements: number;
  /** Of the tensors, those that were not looked at: DoRA by columns takes the whole of a large one. */
  readonly left: number;
  /** Elements that differ in the last digit, as they may where a GPU computed them. */
  readonly near: number;
  /** The first that is another than it should be, with what was found and what was expected. */
  readonly difference: string | null;
  /** Null where nothing is changed, or has a base. */
  readonly survival: {
    readonly all: Survived;
    /** What it would be in another dtype of output. */
    readonly others: readonly (Survived & { readonly dtype: 'F16' | 'F32' })[];
    /** By tensor, what is left least first. */
    readonly tensors: readonly (Survived & { readonly tensor: string })[];
  } | null;
};

export type VerifyReport = {
  readonly ok: boolean;
  /** What makes the result doubtful; none when `ok`. */
  readonly problems: readonly string[];
  /** Worth knowing, and no fault of the merge. */
  readonly remarks: readonly string[];
  readonly files: readonly {
    readonly name: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  readonly tensors: number;
  readonly tensorsChanged: number;
  readonly nan: number;
  readonly infinite: number;
  readonly saturated: number;
  /** Null where no adapter went into a model. */
  readonly proof: Proof | null;
};

export type RunResult = {
  readonly verify: VerifyReport;
  readonly tensors: readonly TensorReport[];
  readonly seconds: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly backend: string;
};

/** `count` tensors of a row of the mosaic, from its `from`-th on, counted from 0. */
export type MosaicCell = {
  /** The first of them. */
  readonly tensor: string;
  readonly from: number;
  readonly count: number;
};

export type MosaicRow = {
  /** "in", "7" or "6–8" for layers, "out". */
  readonly name: string;
  /** Tensors of the row. */
  readonly count: number;
  readonly cells: readonly MosaicCell[];
};

/**
 * How many finished tensors of each cell went which way. Cells are numbered row by row. A tensor is one of
 * changed, unchanged, copied and, where nothing can be compared, written; it may be noted besides: it has
 * something to say.
 */
export type MosaicCounts = Readonly<
  Record<'changed' | 'unchanged' | 'copied' | 'written' | 'noted', Uint32Array>
>;

/** Its size does not depend on the model's. */
export type Progress = {
  readonly phase: 'measuring' | 'merging' | 'verifying';
  readonly tensor: string;
  readonly tensorsDone: number;
  readonly tensorsTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  /** Bytes written per second, over the last few seconds. */
  readonly throughput: number;
  /** Seconds left; null until it can be told. */
  readonly eta: number | null;
  /** Bytes that came over the network since the run began. */
  readonly downloaded: number;
  /** Why nothing comes over the network just now; null when it does, or need not. */
  readonly waiting: Wait | null;
  readonly cells: MosaicCounts;
  /** The cell that `tensor` lies in. */
  readonly cell: number | null;
  /** The latest few tensors with something to say, newest first; all come with the result. */
  readonly remarks: readonly TensorReport[];
};
