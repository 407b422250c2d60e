/** The factors of a low-rank update that stands for a merge of updates. */

import type { StoredMatrix } from '../../formats/update.ts';
import { clampFactors } from '../../lora/clamp.ts';
import { concatenate } from '../../lora/concatenate.ts';
import { factored, type Run } from '../../lora/factored.ts';
import type { Factors, Term } from '../../lora/factors.ts';
import { operatorOf } from '../../lora/operator.ts';
import { adapterOf, approximateSvd } from '../../lora/range-finder.ts';
import { decomposeSum, truncate } from '../../lora/refactor.ts';
import { energyKept } from '../../lora/spectrum.ts';
import { type Matrix as Dense, transpose, zeros } from '../../numerics/algebra/matrix.ts';
import { decode } from '../../numerics/decode.ts';
import { isComputedPlane } from '../../plan/planes.ts';
import type { FactorPart, MeasuredSpectrum, MergePart, PlaneRef, Span } from '../../plan/types.ts';
import { EngineError } from '../errors.ts';
import { type PlaneReader, readPlane, readSpan } from './planes.ts';

type Factor = Factors & {
  /** The share of the merge's energy, Σσ², that the rank keeps. */
  readonly kept: number;
};

/** Does a merge and holds all of it, in f32. */
export type Merged = (part: MergePart) => Promise<Float32Array>;

/** Waits for its second side: the two of an update are two tensors, mostly made one after the other. */
const halfDone = new WeakMap<MergePart, Promise<Factor>>();

/**
 * One side of what `part.how` says, row by row as its file has it, and what there is to say of it. `merged`
 * makes the matrix where it is needed.
 *
 * @throws EngineError when factors hold NaN or infinity, or when a matrix is beyond the memory
 */
export async function makeSide(
  part: FactorPart,
  merged: Merged,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<{ readonly values: Float32Array; readonly note: string | null }> {
  const known = halfDone.get(part.merge);
  const making = known ?? makeFactors(part, merged, reader, signal).catch(toldOf(part));
  if (known) halfDone.delete(part.merge);
  else halfDone.set(part.merge, making);
  const { kept, ...factors } = await making;
  const isAll = kept >= 0.9995;
  return {
    values: sideOf(factors, part),
    note: isAll ? null : `rank ${part.rank} keeps ${(100 * kept).toFixed(kept > 0.99 ? 2 : 1)} %`,
  };
}

/** Says of which weight it is that factors hold NaN or infinity. */
function toldOf({ of }: FactorPart) {
  return (error: unknown): never => {
    if (!(error instanceof RangeError)) throw error;
    const advice = 'Take the adapter again from where it came from, or leave it out.';
    throw new EngineError('not-finite', `${of}: ${error.message}.`, { advice }, error);
  };
}

async function makeFactors(
  part: FactorPart,
  merged: Merged,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<Factor> {
  const { how, rank, weights, balance, merge } = part;
  if (how === 'from the matrix' || weights === null) {
    const turned = operatorOf(await matrixOf(part, merged, reader, signal));
    const { u, v, s, kept } = await approximateSvd(turned, { rank });
    const last = Math.min(rank, kept.length) - 1;
    const cut = adapterOf({ u: v, s, v: u }, rank, balance);
    return { ...clamped(cut, part), kept: last < 0 ? 1 : kept[last] };
  }
  const terms = await termsOf(merge, weights, reader, signal);
  if (how === 'concatenated') return { ...concatenate(terms, balance), kept: 1 };
  const sum = decomposeSum(terms);
  const kept = energyKept(sum.spectrum, rank);
  return { ...clamped(truncate(sum, rank, balance), part), kept };
}

function clamped(factors: Factors, { clamp }: FactorPart): Factors {
  return clamp === null ? factors : clampFactors(factors, clamp);
}

/** Bytes of an element while its matrix is taken apart: as f32, then as f64. */
const HELD = 4 + 8;

function refuseBeyond({ tensor, budget }: PlaneReader, rows: number, columns: number): void {
  const needed = rows * columns * HELD;
  if (needed <= budget) return;
  const [found, most] = [needed, budget].map((bytes) => `${Math.ceil(bytes / 2 ** 20)} MiB`);
  throw new EngineError(
    'memory',
    `${tensor}: this merge has full rank, and to find the adapter nearest to it takes the whole matrix of ${rows} × ${columns}: ${found}, of the ${most} there are for one tensor.`,
    { advice: 'Raise “Memory up to”, write a model, or merge by a weighted sum.' },
  );
}

/**
 * Singular values of the merge that `part` stands for: all of a weighted sum of factors, else the `part.rank`
 * largest. Errors as those of `makeSide`.
 */
export function spectrumOf(
  part: FactorPart,
  merged: Merged,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<MeasuredSpectrum> {
  return findSpectrum(part, merged, reader, signal).catch(toldOf(part));
}

async function findSpectrum(
  part: FactorPart,
  merged: Merged,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<MeasuredSpectrum> {
  const { weights, merge, rank } = part;
  if (weights !== null) {
    const values = decomposeSum(await termsOf(merge, weights, reader, signal)).spectrum;
    return { values, energy: squared(values), count: values.length };
  }
  const matrix = await matrixOf(part, merged, reader, signal);
  const { s } = await approximateSvd(operatorOf(matrix), { rank });
  const count = Math.min(matrix.rows, matrix.columns);
  return { values: s.slice(0, rank), energy: squared(matrix.values), count };
}

/** Row by row as it comes, it is the transpose, whose singular vectors change places. */
async function matrixOf(
  { merge, minus, rows, columns }: FactorPart,
  merged: Merged,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<Dense> {
  refuseBeyond(reader, rows, columns);
  const values = Float64Array.from(await merged(merge));
  if (minus !== null) await subtract(values, minus, reader, signal);
  return { rows: columns, columns: rows, values };
}

/** Elements of the base that are held at a time. */
const TAKEN = 2 ** 18;

/** The difference of two f32 values has no rounding in f64. */
async function subtract(
  values: Float64Array,
  plane: PlaneRef,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<void> {
  for (let from = 0; from < values.length; from += TAKEN) {
    const some = new Float32Array(Math.min(TAKEN, values.length - from));
    decode(await readPlane(plane, from, some.length, reader, signal), plane.dtype, some);
    for (let i = 0; i < some.length; i++) values[from + i] -= some[i];
  }
}

const squared = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);

/** Left of rows × rank, or right of rank × columns; or either transposed. */
function sideOf({ b, a }: Factors, { side, transposed }: FactorPart): Float32Array {
  const tall = side === 'left' ? b : a;
  const isTall = (side === 'left') !== transposed;
  return Float32Array.from((isTall ? transpose(tall) : tall).values);
}

async function termsOf(
  { planes }: MergePart,
  weights: readonly number[],
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<Term[]> {
  const terms = planes.map((plane, k) => termsOfUpdate(plane, weights[k], reader, signal));
  return (await Promise.all(terms)).flat();
}

/** weight · scale · matrix of an update that is known by its factors; several terms where it is made of several. */
export function termsOfUpdate(
  plane: PlaneRef,
  weight: number,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<Term[]> {
  if (!isComputedPlane(plane) || plane.formula.kind !== 'update') throw new Error('no update');
  const { matrix, scale, sizes } = plane.formula;
  const products = factored(matrix);
  if (products === null) throw new Error('an update that is not known by its factors');
  const read = (stored: StoredMatrix) =>
    factorOf(stored, plane.inputs[stored.input], reader, signal);
  return Promise.all(
    products.map(async ({ by, runs, ...own }): Promise<Term> => {
      const [left, right] = await Promise.all([read(own.left), read(own.right)]);
      return { b: placed(left, runs, sizes[1]), a: transpose(right), weight: weight * scale * by };
    }),
  );
}

/** Runs of its rows at their places among `rows` of them, zeros elsewhere. */
function placed(left: Dense, runs: readonly Run[], rows: number): Dense {
  const [first] = runs;
  const isWhole = runs.length === 1 && first.from === 0 && first.to === left.rows;
  if (isWhole && left.rows === rows) return left;
  const result = zeros(rows, left.columns);
  for (let j = 0; j < left.columns; j++) {
    const column = left.values.subarray(j * left.rows, (j + 1) * left.rows);
    for (const { from, to, at } of runs)
      result.values.set(column.subarray(from, to), j * rows + at);
  }
  return result;
}

async function factorOf(
  { dtype, rows, columns, transposed }: StoredMatrix,
  span: Span,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<Dense> {
  const values = new Float32Array(rows * columns);
  decode(await readSpan(span, reader, signal), dtype, values);
  const asStored = Float64Array.from(values);
  return transposed
    ? { rows, columns, values: asStored }
    : transpose({ rows: columns, columns: rows, values: asStored });
}
