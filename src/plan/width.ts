/**
 * In which dtype a tensor is written. Norms, router biases and the like are often kept wider than the rest
 * of a model on purpose; rounding them to the dtype of the rest costs what was kept.
 */
import { elementCount, type Model, storedOf, type TensorEntry } from '../formats/model.ts';
import { readingRounds } from '../methods/precision.ts';
import { bytesPerElement, type Dtype, type FloatDtype, isFloatDtype } from '../numerics/dtype.ts';
import type { Match } from './match.ts';
import type { Participants } from './participants.ts';
import { rememberLast } from './remember.ts';

/** A tensor of a model that keeps it wider than most of its weights. */
export type Wide = { readonly model: Model; readonly dtype: FloatDtype; readonly main: FloatDtype };

/**
 * The dtype chosen by hand, or else the reference's, or the widest in which a model that takes part keeps
 * this tensor on purpose. Integers and booleans keep their dtype whatever was chosen.
 */
export function dtypeOf(who: Participants, match: Match): Dtype {
  const { entry, kept } = match;
  const own =
    kept && !(isFloatDtype(entry.dtype) && isFloatDtype(kept.entry.dtype)) ? kept.entry : entry;
  if (!isFloatDtype(own.dtype)) return own.dtype;
  const { output, inputDtype } = who.recipe;
  if (output.dtype !== 'base') return output.dtype;
  // What is rounded when it is read is not worth more bytes.
  const wide = keptWide(who, match);
  if (wide.length === 0) return own.dtype;
  const worth = wide.filter((one) => kept || !readingRounds(one.dtype, inputDtype));
  const [widest] = widerThan(own.dtype, worth);
  return widest?.dtype ?? own.dtype;
}

/** Who keeps this tensor wider than the rest, of the models whose values go into the output. */
export function keptWide(who: Participants, match: Match): readonly Wide[] {
  const { entry, kept, meetings } = match;
  const wide: Wide[] = [];
  const look = (model: Model, { dtype }: TensorEntry) => {
    const main = mainFloat(model);
    if (!isFloatDtype(dtype) || main === null || dtype === main) return;
    if (bytesPerElement(dtype) > bytesPerElement(main)) wide.push({ model, dtype, main });
  };
  if (kept) look(kept.model, kept.entry);
  else {
    look(leaderOf(who, match), entry);
    for (const meeting of meetings) look(meeting.expert.model, meeting.entry);
  }
  return wide;
}

/** Whose tensor the output's is like: the reference's, or that of a slice's first source. */
function leaderOf({ reference, stack, experts }: Participants, { entry }: Match): Model {
  if (stack === null) return reference;
  const [{ model: id }] = storedOf(entry);
  return experts.find(({ model }) => model.id === id)?.model ?? reference;
}

/** Those wider than `dtype`, the widest first. */
export function widerThan(dtype: FloatDtype, wide: readonly Wide[]): readonly Wide[] {
  const size = (one: FloatDtype) => bytesPerElement(one);
  return wide
    .filter((one) => size(one.dtype) > size(dtype))
    .toSorted((a, b) => size(b.dtype) - size(a.dtype));
}

/** The dtype that most bytes of a model's floats have; null without floats. */
function mainFloat({ tensors }: Model): FloatDtype | null {
  return remembered(tensors, [], () => {
    const bytes = new Map<FloatDtype, number>();
    for (const { dtype, shape } of tensors.values()) {
      if (!isFloatDtype(dtype)) continue;
      bytes.set(dtype, (bytes.get(dtype) ?? 0) + elementCount(shape) * bytesPerElement(dtype));
    }
    const [most] = [...bytes].toSorted((a, b) => b[1] - a[1]);
    return most?.[0] ?? null;
  });
}

const remembered = rememberLast<FloatDtype | null>();
