/** Elements of a plan's models to follow through its merge: those that fight the most, or those that somebody points at. */
import type { Excerpt, Spot } from '../../methods/excerpt.ts';
import { alongSecond, type Lines, rankInto, unitOf } from '../../methods/lines.ts';
import { placeOf } from '../../plan/groups.ts';
import { depthsOf } from '../../plan/resolve.ts';
import type { Plan } from '../../plan/types.ts';
import { dot } from '../../views/ledger.ts';
import { elementsIn, type Run } from '../../views/sampling.ts';
import { matrixOf } from '../../views/tiles.ts';
import { deltasOf } from './deltas.ts';
import { selectionOf } from './selection.ts';
import { around, type Cut, contested, type Found, holding, longest, sumsOf } from './spot.ts';
import type { Subject } from './subjects.ts';
import type { Tools } from './tools.ts';
import { visit } from './visit.ts';
import { WholeModel } from './whole.ts';

/** Models that a picture of them has room for. */
const mostModels = 32;
/** Magnitudes by model that travel; of more, so many evenly spread over their ranks. */
const mostMagnitudes = 2 ** 16;
/** Elements of a row that are read for the ranks of some of them. */
const longestRow = 2 ** 18;

/**
 * A row of elements of the tensor where the most of the task vectors' mass would cancel in a sum, before trim and weights;
 * of its rows the one where most elements do. Matrices come first, and tensors whose sample holds what is not a finite number are passed over.
 * Where `at` is given the row around that element instead, of whatever tensor.
 * Null where no model changes anything or there is no such element, or there are too many models.
 */
export async function excerptOf(
  plan: Plan,
  at: Spot | null,
  tools: Tools,
): Promise<Excerpt | null> {
  const selection = selectionOf(plan, tools);
  const whole = new WholeModel();
  let best: Found | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for await (const { subject, runs: runsOf, stratum } of visit(selection.picked, tools)) {
    for (const placed of subject.merges) {
      const runs = runsOf(placed.merge);
      if (elementsIn(runs) === 0 || placed.merge.planes.length > mostModels) continue;
      const { own } = await deltasOf(subject, placed.merge, runs, tools);
      whole.take(placed.merge, own, stratum.standsFor);
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
  if (at !== null) best = holding(selection, at);
  if (best === null || best.merge.planes.length > mostModels) return null;
  const { subject, merge, start, runs } = best;
  const sampled = await deltasOf(subject, merge, runs, tools);
  const place = at === null ? contested(best, sampled) : around(best, at);
  const elements = await deltasOf(subject, merge, [[place.from, place.from + place.count]], tools);
  const lines = alongSecond(subject.shape);
  const first = start + place.from;
  const [rows, columns] = matrixOf(subject.shape);
  return {
    tensor: subject.tensor,
    matrix: [rows, columns],
    layers: layersOf(subject, selection.subjects),
    row: Math.floor(first / columns),
    column: first % columns,
    start: place.from,
    tensorKey: subject.tensorKey,
    ordinals: merge.ordinals,
    base: elements.base ?? new Float32Array(place.count),
    changes: elements.own,
    elementCount: merge.elementCount,
    sampled: sampled.x[0].length,
    magnitudes: sampled.own.map(descending),
    whole: merge.ordinals.map((ordinal) => whole.of(ordinal)),
    ranks: sampled.own.map((values, k) => ranksOf(values, runs, elements.own[k], place.from)),
    ...(unitOf(lines) <= longestRow && { inLines: await inLines(best, place, lines, tools) }),
    dots: {
      weights: dotsOf(sampled.x, merge.elementCount),
      taskVectors: dotsOf(sampled.own, merge.elementCount),
    },
  };
}

/** Ranks of elements in the vectors of a matrix's row, or of what lies in one of a larger tensor: of whole ones. */
async function inLines(
  { subject, merge, start }: Found,
  { from, count }: Cut,
  lines: Lines,
  tools: Tools,
) {
  const first = from - ((start + from) % unitOf(lines));
  const { own } = await deltasOf(subject, merge, [[first, first + unitOf(lines)]], tools);
  const ranks = own.map((tau) => {
    const all = new Float32Array(tau.length);
    rankInto(lines, tau, (rank) => rank, all);
    return all.slice(from - first, from - first + count);
  });
  return { lines, ranks };
}

function layersOf({ tensor }: Subject, all: readonly Subject[]): number {
  const { stack } = placeOf(tensor);
  return depthsOf(all.map((each) => placeOf(each.tensor))).get(stack ?? '') ?? 0;
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

/** How many sampled elements a trim would keep before each of these: larger ones, and equal ones that lie before it. */
function ranksOf(
  values: Float32Array,
  runs: readonly Run[],
  elements: Float32Array,
  from: number,
): Uint32Array {
  const places = runs.flatMap(([first, last]) =>
    Array.from({ length: last - first }, (_, i) => first + i),
  );
  return Uint32Array.from(elements, (element, i) => {
    const own = Math.abs(element);
    let rank = 0;
    for (let j = 0; j < values.length; j++) {
      const magnitude = Math.abs(values[j]);
      if (magnitude > own || (magnitude === own && places[j] < from + i)) rank += 1;
    }
    return rank;
  });
}

/** Of a sample, as much as it stands for. */
function dotsOf(planes: readonly Float32Array[], elementCount: number): readonly number[] {
  const each = elementCount / planes[0].length;
  return planes.flatMap((a) => planes.map((b) => each * dot(a, b)));
}
