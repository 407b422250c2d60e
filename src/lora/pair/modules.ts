/** The modules of a base: its tensors by what they belong to. */
import { elementCount, type TensorEntry } from '../../formats/model.ts';
import type { Update } from '../../formats/update.ts';

export type Module = {
  readonly name: string;
  readonly weight: TensorEntry | null;
  readonly bias: TensorEntry | null;
};

/** A tensor's module; torch's fused attention has `in_proj_weight`. Null for what is no module's. */
export function ownerOf(tensor: string): { module: string; of: Update['of'] } | null {
  const match = /^(.+)\.(weight|bias)$|^(.*in_proj)_(weight|bias)$/.exec(tensor);
  if (match === null) return null;
  return { module: match[1] ?? match[3], of: (match[2] ?? match[4]) as Update['of'] };
}

export function modulesOf(base: ReadonlyMap<string, TensorEntry>): readonly Module[] {
  const modules = new Map<string, Module>();
  for (const [name, entry] of base) {
    const owner = ownerOf(name);
    if (owner === null) continue;
    const { module, of } = owner;
    const before = modules.get(module) ?? { name: module, weight: null, bias: null };
    modules.set(module, { ...before, [of]: entry });
  }
  return [...modules.values()];
}

/** A weight as a matrix: its first axis, and all others. A bias has one column. */
export function matrixShape({ shape }: Pick<TensorEntry, 'shape'>): {
  rows: number;
  columns: number;
} {
  return { rows: shape[0] ?? 1, columns: elementCount(shape.slice(1)) };
}
