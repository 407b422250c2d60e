/** The weights that adapters change, and which of them changes which: the tensors of an adapter's output. */
import type { StoredTensor } from '../../formats/model.ts';
import type { Matrix } from '../../formats/update.ts';
import { type Factored, factored } from '../../lora/factored.ts';
import type { Pair } from '../../lora/pair/pairing.ts';
import type { UnplacedJob } from '../jobs.ts';
import type { Participant } from '../participants.ts';
import type { FactorPart } from '../types.ts';

/** What one adapter does to a weight. */
export type Change = {
  readonly expert: Participant;
  readonly type: string;
  readonly matrix: Matrix;
  readonly scale: number;
  readonly rank: number | null;
  readonly inputs: readonly StoredTensor[];
  /** What the adapter calls the weight's module; null where its own is fused or cut differently. */
  readonly own: string | null;
};

/** How PEFT takes a weight: outputs × inputs, the other way round (`fan_in_fan_out`), or as an embedding. */
export type Kind = 'linear' | 'fan in' | 'embedding' | 'convolution';

/** One weight that is changed. */
export type Module = {
  /** The weight's name in the base, or in what stands for it where there is none. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Axes of a convolution's kernel; none of a matrix. */
  readonly kernel: readonly number[];
  /** In recipe order, those of adapters; none where whole weights are merged. */
  readonly changes: readonly Change[];
  /** Set where no change tells it. */
  readonly kind?: Kind;
};

/** A module of the output, which its naming may have fused of several weights, or cut from one. */
export type NamedModule = Module & {
  /** What it is called in the file, without what stands behind it. */
  readonly file: string;
  /** Which model of a pipeline it is of; null of one that is no pipeline. */
  readonly part: string | null;
  /** All weights that it is made of; `name` is that of one that it is all of, else that of `file`. */
  readonly of: readonly string[];
};

/** A module, and what of the merge its two tensors hold. */
export type PlannedModule = Pick<FactorPart, 'rank' | 'merge'> & {
  readonly module: NamedModule;
  /** Whether the rank waits for singular values. */
  readonly isKnown: boolean;
  /** `factor by factor`: each tensor is a merge of its own. */
  readonly how: FactorPart['how'] | 'factor by factor';
  /** By expert where the merge is a weighted sum; else null. */
  readonly weights: readonly number[] | null;
  readonly jobs: readonly UnplacedJob[];
};

/** What an adapter cannot hold as a low-rank update of a weight, by expert. */
export type Beyond = {
  readonly expert: Participant;
  readonly what: 'bias' | 'saved tensor' | 'DoRA';
  readonly names: readonly string[];
};

export type Modules = { readonly modules: readonly Module[]; readonly beyond: readonly Beyond[] };

/** Weights in the order in which the adapters name them, the first adapter's before what only others change. */
export function modulesOf(experts: readonly Participant[]): Modules {
  const found = new Map<string, Module & { changes: Change[] }>();
  const beyond: Beyond[] = [];
  for (const expert of experts) {
    const pairing = expert.adapted?.pairing;
    if (!pairing) continue;
    const note = (what: Beyond['what'], names: readonly string[]) => {
      if (names.length > 0) beyond.push({ expert, what, names });
    };
    note(
      'saved tensor',
      pairing.saved.map(({ tensor }) => tensor),
    );
    note(
      'DoRA',
      pairing.pairs.filter(({ magnitudes }) => magnitudes).map(({ tensor }) => tensor),
    );
    note(
      'bias',
      pairing.pairs
        .filter(({ updates }) => updates.some((one) => one.of === 'bias'))
        .map(({ tensor }) => tensor),
    );
    for (const { tensor, updates, rows, columns, ...pair } of pairing.pairs) {
      if (pair.magnitudes || updates.some((one) => one.of === 'bias')) continue;
      const { type, matrix, scale, rank, inputs } = pair;
      const kernel = kernelOf(expert.adapted?.tensors.get(tensor)?.shape ?? [], matrix, inputs);
      const known = found.get(tensor);
      const changes = known?.changes ?? [];
      const own = ownNameOf({ updates, rows, columns });
      changes.push({ expert, type, matrix, scale, rank, inputs, own });
      // Who stores factors as matrices leaves the kernel to others to tell.
      const tells = known !== undefined && known.kernel.length > 0 ? known.kernel : kernel;
      found.set(tensor, { name: tensor, rows, columns, kernel: tells, changes });
    }
  }
  return { modules: [...found.values()], beyond };
}

/** Where a change of a weight of `rows` is all of one pair of stored factors. */
export function productOf({ matrix }: Change, rows: number): Factored | null {
  const [one, ...others] = factored(matrix) ?? [];
  if (!one || others.length > 0 || one.left.rows !== rows) return null;
  let end = 0;
  for (const { from, to, at } of one.runs) {
    if (from !== end || at !== end) return null;
    end = to;
  }
  return end === rows ? one : null;
}

/** What the adapter calls the weight's module; null where its own is fused or cut differently. */
export function ownNameOf({ updates, rows, columns }: Pick<Pair, 'updates' | 'rows' | 'columns'>) {
  const [update] = updates;
  const isWhole = updates.length === 1 && update.rows === rows && update.columns === columns;
  return isWhole ? update.module : null;
}

/** The base's weight tells; where there is no base, the right factor does. */
function kernelOf(
  shape: readonly number[],
  matrix: Matrix,
  inputs: readonly StoredTensor[],
): readonly number[] {
  if (shape.length > 2) return shape.slice(2);
  if (matrix.kind !== 'product' || matrix.right.kind !== 'stored') return [];
  return inputs[matrix.right.input].shape.slice(2);
}
