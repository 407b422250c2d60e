/** The elements of a plan's models that pull against each other the most, from the samples of a scan. */
import type { Excerpt } from '../../methods/excerpt.ts';
import { placeOf } from '../../plan/groups.ts';
import { depthsOf } from '../../plan/resolve.ts';
import type { Plan } from '../../plan/types.ts';
import { dot } from '../../views/ledger.ts';
import { elementsIn, type Run } from '../../views/sampling.ts';
import { matrixOf } from '../../views/tiles.ts';
import { type Deltas, deltasOf } from './deltas.ts';
import { selectionOf } from './selection.ts';
import type { Placed, Subject } from './subjects.ts';
import type { Tools } from './tools.ts';
import { visit } from './visit.ts';

/** Elements in a row; models that a picture of them has room for. */
const longest = 12;
const mostModels = 8;
/** Magnitudes by model that travel; of more, so many evenly spread over their ranks. */
const mostMagnitudes = 2 ** 16;

type Found = Placed & { readonly subject: Subject; readonly runs: readonly Run[] };

/**
 * A row of elements of the tensor where the most of the task vectors' mass would cancel in a sum, before trim and weights;
 * of its rows the one where most elements do. Matrices come first, and tensors whose sample holds what is not a finite number are passed over.
 * Null where no model changes anything, or there are too many models.
 */
export async function excerptOf(plan: Plan, tools: Tools): Promise<Excerpt | null> {
  const { subjects, picked } = selectionOf(plan, tools);
  let best: Found | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for await (const { subject, runs: runsOf } of visit(picked, tools)) {
    for (const placed of subject.merges) {
      const runs = runsOf(placed.merge);
      if (elementsIn(runs) === 0 || placed.merge.planes.length > mostModels) continue;
      const { own } = await deltasOf(subject, placed.merge, runs, tools);
      const { cancelled, mass } = sumsOf(own);
      if (mass === 0 || !Number.isFinite(mass)) continue;
      // Norms, biases and tensors of a few elements show little of a model, however contested.
      const isSmall = elementsIn(runs) < longest || subject.shape.length < 2;
      const rate = cancelled / mass - (isSmall ? 1 : 0);
      if (rate <= most) continue;
      most = rate;
      best = { subject, ...placed, runs };
    }
  }
  if (best === null) return null;
  const values = await deltasOf(best.subject, best.merge, best.runs, tools);
  return { ...cut(best, values), layers: layersOf(best.subject, subjects) };
}

function layersOf({ tensor }: Subject, all: readonly Subject[]): number {
  const { stack } = placeOf(tensor);
  return depthsOf(all.map((each) => placeOf(each.tensor))).get(stack ?? '') ?? 0;
}

/** P and Q of one element: what pulls up, and what pulls down; NaN where a change is. */
function pullsOf(changes: readonly Float32Array[], i: number): readonly [number, number] {
  let plus = 0;
  let minus = 0;
  for (const values of changes) {
    const value = values[i];
    if (value > 0) plus += value;
    else minus -= value;
  }
  return [plus, minus];
}

function sumsOf(changes: readonly Float32Array[]) {
  let cancelled = 0;
  let mass = 0;
  for (let i = 0; i < changes[0].length; i++) {
    const [plus, minus] = pullsOf(changes, i);
    cancelled += 2 * Math.min(plus, minus);
    mass += plus + minus;
  }
  return { cancelled, mass };
}

/** Cuts the most contested row out of what was sampled. */
function cut(
  { subject, merge, start, runs }: Found,
  { x, base, own: changes }: Deltas,
): Omit<Excerpt, 'layers'> {
  const matrix = matrixOf(subject.shape);
  const [, columns] = matrix;
  const width = Math.min(longest, columns, Math.max(...runs.map(([from, to]) => to - from)));
  // Roots: many elements in conflict before one that is loud. Where none is, the loud ones.
  const heats = changes[0].map((_, i) => {
    const [plus, minus] = pullsOf(changes, i);
    return Math.sqrt(Math.min(plus, minus)) + 1e-6 * Math.sqrt(plus + minus);
  });
  let best = { sampled: 0, from: runs[0][0] };
  let most = -1;
  let at = 0;
  for (const [from, to] of runs) {
    for (let i = from; i + width <= to; i++) {
      if (((start + i) % columns) + width > columns) continue;
      let heat = 0;
      for (let j = 0; j < width; j++) heat += heats[at + i - from + j];
      if (heat > most) {
        most = heat;
        best = { sampled: at + i - from, from: i };
      }
    }
    at += to - from;
  }
  const first = start + best.from;
  // Where every sampled run crosses the end of a row, what is before it.
  const count = Math.min(width, columns - (first % columns));
  const elements = (values: Float32Array) => values.slice(best.sampled, best.sampled + count);
  return {
    tensor: subject.tensor,
    matrix,
    row: Math.floor(first / columns),
    column: first % columns,
    start: best.from,
    tensorKey: subject.tensorKey,
    ordinals: merge.ordinals,
    base: base ? elements(base) : new Float32Array(count),
    changes: changes.map(elements),
    elementCount: merge.elementCount,
    sampled: x[0].length,
    magnitudes: changes.map(descending),
    ranks: changes.map((values) => ranksOf(values, best.sampled, count)),
    dots: {
      weights: dotsOf(x, merge.elementCount),
      taskVectors: dotsOf(changes, merge.elementCount),
    },
  };
}

function descending(values: Float32Array): Float32Array {
  const sorted = values.map(Math.abs).sort().reverse();
  if (sorted.length <= mostMagnitudes) return sorted;
  const each = sorted.length / mostMagnitudes;
  return Float32Array.from(
    { length: mostMagnitudes },
    (_, i) => sorted[Math.floor((i + 0.5) * each)],
  );
}

/** How many elements a trim would keep before each of these: larger ones, and equal ones before it. */
function ranksOf(values: Float32Array, from: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => {
    const own = Math.abs(values[from + i]);
    return values.reduce((rank, value, j) => {
      const magnitude = Math.abs(value);
      return rank + (magnitude > own || (magnitude === own && j < from + i) ? 1 : 0);
    }, 0);
  });
}

/** Of a sample, as much as it stands for. */
function dotsOf(planes: readonly Float32Array[], elementCount: number): readonly number[] {
  const each = elementCount / planes[0].length;
  return planes.flatMap((a) => planes.map((b) => each * dot(a, b)));
}
