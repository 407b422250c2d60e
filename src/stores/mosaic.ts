import type { Plan } from '../plan/types.ts';
import { rowsOf } from './tensor-rows.ts';

/** A tensor as a cell; `index` is its place in the order of writing. */
export type Cell = { readonly tensor: string; readonly index: number };
export type MosaicRow = { readonly name: string; readonly cells: readonly Cell[] };

/** The tensors by layer: what comes before the layers, each layer, what comes after. */
export function mosaicOf(plan: Plan): readonly MosaicRow[] {
  const byName = new Map<string, Cell[]>();
  const order: { readonly name: string; readonly key: number }[] = [];
  for (const [index, { job, group, layer }] of rowsOf(plan).entries()) {
    const isFirst = group === 'embeddings';
    const name = layer !== null ? String(layer) : isFirst ? 'in' : 'out';
    const cells = byName.get(name) ?? [];
    if (cells.length === 0) {
      order.push({ name, key: layer ?? (isFirst ? -1 : Number.POSITIVE_INFINITY) });
      byName.set(name, cells);
    }
    cells.push({ tensor: job.tensor, index });
  }
  return order
    .toSorted((a, b) => a.key - b.key)
    .map(({ name }) => ({ name, cells: byName.get(name)! }));
}
