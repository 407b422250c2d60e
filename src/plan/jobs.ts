import {
  elementCount,
  isComputed,
  type StoredTensor,
  storedOf,
  type TensorEntry,
} from '../formats/model.ts';
import { byteLengthOf } from '../formats/safetensors/write.ts';
import { type InputDtype, precisionOf, readingRounds } from '../methods/precision.ts';
import { bytesPerElement, type Dtype, type FloatDtype, isFloatDtype } from '../numerics/dtype.ts';
import { type Craft, craftsOf } from './craft.ts';
import type { Kept, Match, Matching } from './match.ts';
import type { NamedTensor } from './names/tensors.ts';
import type { Participants } from './participants.ts';
import { isComputedPlane, spansOfPlane } from './planes.ts';
import type { Job, Part, PlaneRef, Span } from './types.ts';
import { dtypeOf } from './width.ts';

/** A job that does not know its output file yet. */
export type UnplacedJob = Omit<Job, 'file'> & { readonly component: string };

/** One job for each tensor of the reference, in its file order. */
export function makeJobs(who: Participants, matching: Matching): readonly UnplacedJob[] {
  const craftOf = craftsOf(who, matching.depths);
  return matching.matches.map((match) => ({
    component: componentOf(who, match),
    ...makeJob(who, craftOf(match), match),
  }));
}

/** That of the reference's tensor; where it lacks it, of the one that is kept. */
function componentOf({ reference, stack }: Participants, { entry, kept }: Match): string {
  if (stack !== null) return ''; // models of several components are not stacked
  const isOwn = kept === null || reference.tensors.has(entry.name);
  const [model, tensor] = isOwn ? [reference, entry] : [kept.model, kept.entry];
  return model.files[storedOf(tensor)[0].file].component;
}

function makeJob(who: Participants, craft: Craft, match: Match): Omit<Job, 'file'> {
  const { entry, kept } = match;
  const reference = who.reference.id;
  const dtype = dtypeOf(who, match);
  if (kept) return keptJob(who, match.entry, kept, dtype);
  return {
    tensor: entry.name,
    dtype,
    shape: entry.shape,
    byteLength: byteLengthOf(dtype, entry.shape),
    parts: partsOf(who, craft, match, dtype),
    original: dtype === entry.dtype && !isAlone(who, match) ? originalOf(reference, entry) : null,
  };
}

/** Whether one model is taken over as it is, beside nothing that it could have been merged into. */
function isAlone({ experts, reference, stack }: Participants, { meetings }: Match): boolean {
  if (stack !== null) return meetings.length <= 1;
  return experts.length === 1 && experts[0].model === reference;
}

/** The tensor of one model as it is, unrounded; another dtype only where the output has another one there. */
function keptJob(
  who: Participants,
  expected: TensorEntry,
  { model, entry }: Kept,
  dtype: Dtype,
): Omit<Job, 'file'> {
  const { shape } = entry;
  const total = elementCount(shape);
  const comparable =
    who.output.has(expected.name) &&
    dtype === expected.dtype &&
    String(shape) === String(expected.shape);
  return {
    tensor: expected.name,
    dtype,
    shape,
    byteLength: byteLengthOf(dtype, shape),
    parts: total === 0 ? [] : passed('stored', model.id, entry, 0, total, dtype),
    original: comparable ? originalOf(who.reference.id, expected) : null,
  };
}

function partsOf(who: Participants, craft: Craft, match: Match, dtype: Dtype): readonly Part[] {
  const { entry, meetings, mergedCount } = match;
  const reference = who.reference.id;
  const { inputDtype } = who.recipe;
  const total = elementCount(entry.shape);
  if (total === 0) return [];
  if (!isComputed(entry) && !isFloatDtype(entry.dtype)) {
    return [{ kind: 'copy', span: spanOf(reference, entry) }];
  }
  // Too few models for the method (SLERP with one): the one that is there goes through unchanged.
  const values = craft.valuesAt(match);
  const isCopied =
    meetings.length === 1 &&
    !isComputed(meetings[0].entry) &&
    craft.method.copies?.(values.perModel[0]);
  if (isCopied || meetings.length < craft.method.arity.models[0]) {
    const [only] = meetings;
    if (!only) return passed(inputDtype, reference, entry, 0, total, dtype);
    const head = passed(inputDtype, only.expert.model.id, only.entry, 0, mergedCount, dtype);
    return mergedCount < total
      ? [...head, ...passed(inputDtype, reference, entry, mergedCount, total, dtype)]
      : head;
  }
  const parts: Part[] = [];
  if (mergedCount > 0) parts.push(mergePart(who, craft, match, values, dtype));
  if (mergedCount < total) {
    parts.push(...passed(inputDtype, reference, entry, mergedCount, total, dtype));
  }
  return parts;
}

function mergePart(
  { recipe }: Participants,
  { method, arithmetic, base, isOwn }: Craft,
  { entry, meetings, mergedCount }: Match,
  values: ReturnType<Craft['valuesAt']>,
  output: Dtype,
): Part {
  const planes = meetings.map((m) => planeOf(m.expert.model.id, m.entry, 0, mergedCount, output));
  const basePlane = base && planeOf(base.id, entry, 0, mergedCount, output);
  const stored = [...planes, ...(basePlane ? [basePlane] : [])].map((plane) => plane.dtype);
  return {
    kind: 'merge',
    planes,
    base: basePlane,
    ordinals: meetings.map(({ expert }) => expert.ordinal),
    elementCount: mergedCount,
    precision: precisionOf(arithmetic.work, stored, recipe.inputDtype),
    ...values,
    ...(isOwn ? { craft: { method: method.id, arithmetic } } : {}),
  };
}

/**
 * Elements [from, to) as they are, in another dtype, or rounded to what inputs are read as; what is not floats as
 * a whole. Codes become values: they never reach the output.
 */
function passed(
  inputs: InputDtype,
  model: string,
  entry: NamedTensor,
  from: number,
  to: number,
  dtype: Dtype,
): readonly Part[] {
  if (!isComputed(entry) && !isFloatDtype(entry.dtype)) {
    return (entry.pieces ?? [entry]).map((piece) => ({ kind: 'copy', span: spanOf(model, piece) }));
  }
  const plane = planeOf(model, entry, from, to, dtype);
  if (isComputedPlane(plane) || entry.dtype !== dtype || readingRounds(plane.dtype, inputs)) {
    const precision = precisionOf('f32', [plane.dtype], inputs);
    return [{ kind: 'cast', plane, precision, elementCount: to - from }];
  }
  return spansOfPlane(plane).map((span) => ({ kind: 'copy', span }));
}

/** Elements [from, to) of a tensor of floats. Computed values keep all of f32 where the output does. */
export function planeOf(
  model: string,
  entry: NamedTensor,
  from: number,
  to: number,
  output: Dtype,
): PlaneRef {
  if (isComputed(entry)) {
    // Rows are values as they are stored: nothing finer is to be had.
    const isFinest = entry.formula.kind === 'rows' || output !== 'F32';
    const dtype = isFinest ? entry.dtype : 'F32';
    const inputs = entry.inputs.map((input) => spanOf(model, input));
    return { dtype, from, to, formula: entry.formula, inputs };
  }
  const dtype = entry.dtype as FloatDtype;
  const size = bytesPerElement(dtype);
  return {
    ...spanOf(model, entry),
    begin: entry.begin + from * size,
    end: entry.begin + to * size,
    dtype,
    ...(entry.pieces && { pieces: entry.pieces.map((piece) => spanOf(model, piece)) }),
  };
}

function originalOf(model: string, entry: TensorEntry): Job['original'] {
  if (!isComputed(entry)) return spanOf(model, entry);
  const plane = planeOf(model, entry, 0, elementCount(entry.shape), entry.dtype);
  return isComputedPlane(plane) ? plane : null;
}

function spanOf(model: string, { model: owner, file, begin, end }: StoredTensor): Span {
  return { model: owner ?? model, file, begin, end };
}
