/** What becomes of an adapter where it meets a base. Plain data. */
import type { StoredTensor, TensorEntry } from '../../formats/model.ts';
import type { Magnitudes, Matrix, Update } from '../../formats/update.ts';

/** One tensor of the base, and what the adapter adds to it. */
export type Pair = {
  /** The base's tensor. */
  readonly tensor: string;
  /** The updates that reach it, in the order of its rows; several where it is fused and they are not. */
  readonly updates: readonly Update[];
  /** For people: "LoRA". */
  readonly type: string;
  /** All of them as one matrix of the tensor's rows and columns; its stored ones index into `inputs`. */
  readonly matrix: Matrix;
  readonly rows: number;
  readonly columns: number;
  readonly inputs: readonly StoredTensor[];
  /** By which the matrix is multiplied: 1 where the updates differ, whose scales then are in the matrix. */
  readonly scale: number;
  /** At most that of the matrix: of all updates together. Null where one has none. */
  readonly rank: number | null;
  /** Null where there is none, or no one number. */
  readonly alpha: number | null;
  readonly magnitudes: Magnitudes | null;
};

/** Why an update, or a saved tensor, reaches nothing. */
export type Why =
  | { readonly kind: 'missing'; readonly nearest: string | null }
  /** Rows and columns of the update, and those of what its name stands for in the base. */
  | {
      readonly kind: 'shape';
      readonly tensors: readonly string[];
      readonly found: readonly number[];
      readonly expected: readonly number[];
    }
  /** More than one fits, and nothing tells which is meant. */
  | { readonly kind: 'several'; readonly tensors: readonly string[] }
  /** Others of the same adapter reach the same rows. */
  | { readonly kind: 'clash'; readonly tensor: string; readonly modules: readonly string[] }
  /** Its name ends as that of the tensor's module does, but so does another one's. */
  | { readonly kind: 'ending'; readonly tensor: string; readonly other: string }
  | { readonly kind: 'no bias'; readonly tensor: string }
  | { readonly kind: 'not floats'; readonly tensor: string; readonly dtype: TensorEntry['dtype'] }
  /** DoRA's norms are over whole rows or columns of the weight it was trained on. */
  | { readonly kind: 'magnitudes'; readonly tensors: readonly string[] }
  /** It would replace some rows of a tensor only. */
  | { readonly kind: 'part'; readonly tensors: readonly string[] };

export type Unmatched = {
  /** As the adapter calls it: a module, or the name of a saved tensor. */
  readonly module: string;
  readonly of: Update['of'] | 'saved';
  readonly why: Why;
};

export type Pairing = {
  /** In the order of the adapter. */
  readonly pairs: readonly Pair[];
  /** Tensors that replace the base's. */
  readonly saved: readonly { readonly tensor: string; readonly saved: StoredTensor }[];
  readonly unmatched: readonly Unmatched[];
};

/** Why, as a sentence without its subject: "no such module in the base; the nearest is …". */
export function whyText(why: Why): string {
  switch (why.kind) {
    case 'missing':
      return `no such module in the base${why.nearest === null ? '' : `; the nearest is ${why.nearest}`}`;
    case 'shape': {
      const [found, expected] = [why.found, why.expected].map((shape) => shape.join(' × '));
      const turned = found !== expected && [...why.found].reverse().join(' × ') === expected;
      const hint = turned ? ': one of them lies transposed (fan_in_fan_out)' : '';
      return `it is ${found}, ${listed(why.tensors)} ${expected}${hint}`;
    }
    case 'several':
      return `it may be ${listed(why.tensors, 'or')}; nothing tells which`;
    case 'clash':
      if (why.modules.length === 1)
        return `it comes more than once, for the same rows of ${why.tensor}`;
      return `${listed(why.modules)} change the same rows of ${why.tensor}`;
    case 'ending':
      return `its name ends like that of ${why.tensor}, but so does ${why.other}`;
    case 'no bias':
      return `the module of ${why.tensor} has no bias in the base`;
    case 'not floats':
      return `${why.tensor} is stored as ${why.dtype}, which are not floats`;
    case 'magnitudes':
      return `DoRA's norms are of the whole weight it was trained on, which is cut differently in ${listed(why.tensors)}`;
    case 'part':
      return `the base has it as a part of ${listed(why.tensors)}, which cannot be replaced alone`;
  }
}

/** "a", "a and b", "a, b and 3 more". */
function listed(names: readonly string[], word = 'and'): string {
  if (names.length <= 1) return names.join('');
  if (names.length <= 3) return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
  return `${names.slice(0, 2).join(', ')} ${word} ${names.length - 2} more`;
}
