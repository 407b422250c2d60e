/**
 * What an adapter holds: for each module of a base a matrix ΔW that is added to its weight, told by what is
 * stored (the factors of a low-rank product, of a Kronecker product, …) and never formed here. Plain data.
 */
import type { FloatDtype } from '../numerics/dtype.ts';
import type { Axes, StoredTensor } from './stored-tensor.ts';

/**
 * A matrix as an expression over stored ones. Its rows are the first axis of the weight that it is added to,
 * its columns all others in their order: of a linear weight outputs × inputs, of a convolution outputs ×
 * (inputs · kernel), of an embedding tokens × width.
 */
export type Matrix =
  | StoredMatrix
  /** left · right: rows of left, columns of right. */
  | { readonly kind: 'product'; readonly left: Matrix; readonly right: Matrix }
  /** Element by element; LoHa. */
  | { readonly kind: 'hadamard'; readonly left: Matrix; readonly right: Matrix }
  /** Every element of left times all of right; LoKr. */
  | { readonly kind: 'kronecker'; readonly left: Matrix; readonly right: Matrix }
  /**
   * A Tucker core between two factors: rows p of left, columns q of right, and for each place k of the kernel
   * Σ left[o, p] · core[p, q, k] · right[q, i], in column i · kernel + k. `core` has rows p and columns q ·
   * kernel + k; LoCon's `lora_mid`, LyCORIS's `hada_t` and `lokr_t2`.
   */
  | {
      readonly kind: 'tucker';
      readonly left: Matrix;
      readonly core: Matrix;
      readonly right: Matrix;
      readonly kernel: number;
    }
  /** One below the other; null stands for that many rows of zeros. Updates of the parts of a fused weight. */
  | {
      readonly kind: 'stacked';
      readonly parts: readonly { readonly rows: number; readonly matrix: Matrix | null }[];
    }
  /** Rows [from, to): the part of a fused update. */
  | { readonly kind: 'rows'; readonly of: Matrix; readonly from: number; readonly to: number }
  /** The same elements, row by row, in other rows and columns. */
  | {
      readonly kind: 'reshaped';
      readonly of: Matrix;
      readonly rows: number;
      readonly columns: number;
    }
  /** Times a number: parts of one weight have scales of their own. */
  | { readonly kind: 'scaled'; readonly of: Matrix; readonly by: number };

export type StoredMatrix = {
  readonly kind: 'stored';
  /** Index into the inputs of the update. */
  readonly input: number;
  readonly dtype: FloatDtype;
  readonly rows: number;
  readonly columns: number;
  /** Whether the file has it column by column. */
  readonly transposed: boolean;
};

/**
 * DoRA (Liu et al. 2024, eq. 5): W' = m ⊙ (W + ΔW) / ‖W + ΔW‖, norms by row or by column of the matrix.
 */
export type Magnitudes = {
  /** Index into the inputs of the update; as many elements as there are rows or columns. */
  readonly input: number;
  readonly dtype: FloatDtype;
  readonly per: 'row' | 'column';
};

/** What an adapter does to one weight or bias. */
export type Update = {
  /**
   * The module as the file calls it, without PEFT's own prefix and what stands behind it; that of a part of a
   * pipeline stays: `model.layers.0.self_attn.q_proj`, `lora_te1_text_model_…`, `transformer.…`.
   */
  readonly module: string;
  readonly of: 'weight' | 'bias';
  /** For people: "LoRA", "LoHa", "DoRA". */
  readonly type: string;
  readonly rows: number;
  readonly columns: number;
  readonly matrix: Matrix;
  readonly inputs: readonly StoredTensor[];
  /** By which the matrix is multiplied: alpha / r, or alpha / √r. */
  readonly scale: number;
  /** Null where there is none, or no one number. */
  readonly rank: number | null;
  readonly alpha: number | null;
  readonly magnitudes: Magnitudes | null;
};

/** Values of a tensor to which an update was added: base + scale · matrix, each step in f32. */
export type UpdateFormula = {
  readonly kind: 'update';
  /** 1, rows, columns. */
  readonly sizes: Axes;
  readonly matrix: Matrix;
  readonly scale: number;
  readonly magnitudes: Magnitudes | null;
  /** Dtype of the base's tensor, which is the last input; null for the update alone. */
  readonly base: FloatDtype | null;
};

/** An adapter's own account of itself. */
export type Adapter = {
  /** Who names tensors so: "PEFT", "kohya", "diffusers". */
  readonly dialect: string;
  readonly updates: readonly Update[];
  /** Tensors that replace the base's, to which an update may be added then: `modules_to_save`. */
  readonly saved: readonly { readonly name: string; readonly tensor: StoredTensor }[];
  /** The model it was trained on, if it says: a repo of the Hub, or a path or title. */
  readonly base: { readonly name: string; readonly revision: string | null } | null;
  /** PEFT's adapter_config.json as it came; null where none did. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** What could not be understood, each with the reason; a merge with any is refused unless they are left out. */
  readonly unread: readonly { readonly tensor: string; readonly why: string }[];
  /** What a person should know of it, one sentence each: "rsLoRA: scale is alpha / √r". */
  readonly remarks: readonly string[];
};
