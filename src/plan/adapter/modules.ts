/** The weights that adapters change, and which of them changes which: the tensors of an adapter's output. */
import type { StoredTensor } from '../../formats/model.ts';
import type { Matrix } from '../../formats/update.ts';
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
  /** What PEFT calls the module in the model that this adapter was made for; null where nobody says. */
  readonly peftName: string | null;
};

/** One weight that at least one of the adapters changes. */
export type Module = {
  /** The weight's name in the base, or in what stands for it where there is none. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Axes of a convolution's kernel; none of a matrix. */
  readonly kernel: readonly number[];
  /** In recipe order. */
  readonly changes: readonly Change[];
};

/** A module, and what of the merge its two tensors hold. */
export type PlannedModule = Pick<FactorPart, 'how' | 'rank' | 'merge'> & {
  readonly module: Module;
  /** Whether the rank waits for singular values. */
  readonly isKnown: boolean;
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
      const module = found.get(tensor) ?? { name: tensor, rows, columns, kernel, changes: [] };
      const peftName = peftNameOf(expert, { tensor, updates, rows, columns, ...pair });
      module.changes.push({ expert, type, matrix, scale, rank, inputs, peftName });
      found.set(tensor, module);
    }
  }
  return { modules: [...found.values()], beyond };
}

/** A base's files may lack a prefix that PEFT knows its modules by; a fused or split weight has another module. */
function peftNameOf(expert: Participant, { updates, rows, columns }: Pair): string | null {
  const [update] = updates;
  const isWhole = updates.length === 1 && update.rows === rows && update.columns === columns;
  return isWhole && expert.model.adapter?.dialect === 'PEFT' ? update.module : null;
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
