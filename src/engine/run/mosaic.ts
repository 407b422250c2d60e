/** The tensors of a run as a picture of bounded size, however many there are. */
import { placeOf } from '../../plan/groups.ts';
import { hasRemark, type MosaicCounts, type MosaicRow, type TensorReport } from '../protocol.ts';

/** Cells of the whole picture; up to here each tensor has one of its own. */
const mostCells = 800;
/** Rows for layers; a deeper model has several layers in a row. */
const mostLayerRows = 60;
/** Remarks that travel with the progress. */
const mostRemarks = 5;

/**
 * Lays tensors out as rows of cells and counts, by cell, what became of them. Tensors may finish in any
 * order.
 */
export class Mosaic {
  readonly rows: readonly MosaicRow[];
  readonly #cellOf = new Map<string, number>();
  readonly #counts: MosaicCounts;
  #remarks: readonly TensorReport[] = [];

  /** `tensors` in the order of the plan. */
  constructor(tensors: readonly string[]) {
    const lines = linesOf(tensors);
    const most = cellsPerRow(lines.map((line) => line.tensors.length));
    let number = 0;
    this.rows = lines.map(({ name, tensors }) => {
      const count = Math.min(tensors.length, most);
      const bounds = Array.from({ length: count + 1 }, (_, i) =>
        Math.floor((i * tensors.length) / count),
      );
      const cells = bounds.slice(1).map((to, i) => {
        const from = bounds[i];
        for (const tensor of tensors.slice(from, to)) this.#cellOf.set(tensor, number);
        number += 1;
        return { tensor: tensors[from], from, count: to - from };
      });
      return { name, count: tensors.length, cells };
    });
    this.#counts = {
      changed: new Uint32Array(number),
      unchanged: new Uint32Array(number),
      copied: new Uint32Array(number),
      written: new Uint32Array(number),
      noted: new Uint32Array(number),
    };
  }

  take(report: TensorReport): void {
    const cell = this.cellOf(report.tensor);
    if (cell === null) return;
    this.#counts[fateOf(report)][cell] += 1;
    if (!hasRemark(report)) return;
    this.#counts.noted[cell] += 1;
    this.#remarks = [report, ...this.#remarks].slice(0, mostRemarks);
  }

  /** The cell a tensor lies in; null for what is none of the output. */
  cellOf(tensor: string): number | null {
    return this.#cellOf.get(tensor) ?? null;
  }

  /** As it stands; the arrays go on counting, a message copies them. */
  get counts(): MosaicCounts {
    return this.#counts;
  }

  /** The latest tensors with something to say, newest first. */
  get remarks(): readonly TensorReport[] {
    return this.#remarks;
  }
}

/** What is computed and has nothing to compare with, as another dtype or an adapter's factor, is written. */
function fateOf({ backend, changed }: TensorReport): Fate {
  if (backend === 'copy') return 'copied';
  if (changed === null) return 'written';
  return changed ? 'changed' : 'unchanged';
}

type Fate = Exclude<keyof MosaicCounts, 'noted'>;

type Line = { readonly name: string; readonly tensors: string[] };

/** What comes before the layers, the layers, what comes after them. */
function linesOf(tensors: readonly string[]): readonly Line[] {
  const places = tensors.map(placeOf);
  const depth = places.reduce((most, { layer }) => Math.max(most, (layer ?? -1) + 1), 0);
  const step = Math.ceil(depth / mostLayerRows);
  const lines = new Map<number, Line>();
  for (const [i, { group, layer }] of places.entries()) {
    const outside = group === 'embeddings' ? -1 : Number.POSITIVE_INFINITY;
    const key = layer === null ? outside : Math.floor(layer / step);
    const line = lines.get(key) ?? { name: nameOf(key, step, depth), tensors: [] };
    line.tensors.push(tensors[i]);
    lines.set(key, line);
  }
  return [...lines].sort(([a], [b]) => a - b).map(([, line]) => line);
}

function nameOf(key: number, step: number, depth: number): string {
  if (key < 0) return 'in';
  if (key === Number.POSITIVE_INFINITY) return 'out';
  const first = key * step;
  const last = Math.min(first + step, depth) - 1;
  return first === last ? String(first) : `${first}–${last}`;
}

/** The most cells a row may have, so that short rows keep a cell a tensor and long ones share the rest. */
function cellsPerRow(lengths: readonly number[]): number {
  let left = mostCells;
  for (const [i, length] of lengths.toSorted((a, b) => a - b).entries()) {
    const share = Math.floor(left / (lengths.length - i));
    if (length > share) return share;
    left -= length;
  }
  return mostCells;
}
