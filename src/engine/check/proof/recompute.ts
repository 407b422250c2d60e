import { definitionBackend } from '../../../compute/cpu/definition.ts';
import { coefficientList } from '../../../methods/method.ts';
import type { FloatDtype } from '../../../numerics/dtype.ts';
import { isComputedPlane, planesOf } from '../../../plan/planes.ts';
import type { ComputedPlane, Job, Part, PlaneRef } from '../../../plan/types.ts';
import { type Craft, taskOf } from '../../tensor/job.ts';
import type { CastPart } from '../../tensor/merge-part.ts';
import { type PlaneReader, readPlane, readSpan } from '../../tensor/planes.ts';
import { updatedElement } from './element.ts';
import { Pages } from './pages.ts';
import type { Sample } from './places.ts';

type Computed = Extract<Part, { kind: 'merge' }> | CastPart;

/** Whether adapters take part in it. */
export function isTouched(part: Part): part is Computed {
  return (part.kind === 'merge' || part.kind === 'cast') && planesOf(part).some(isUpdate);
}

/** Elements of a part, computed once more. */
export type Recomputed = {
  readonly sample: Sample;
  /** As they are to be stored. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Before they were rounded to the output's dtype. */
  readonly merged: Float32Array;
  /** What the base has there; null where nothing has a base. */
  readonly base: Float32Array | null;
  /** The largest magnitude of all that went into each. */
  readonly size: Float32Array;
};

/**
 * Samples of a part once more: updates from stored factors and base, element by element, the merge by its
 * method's definition. `measured` are the coefficients that the run found; where a method measures nothing they
 * are computed anew.
 */
export async function recompute(
  part: Computed,
  job: Job,
  craft: Craft,
  measured: readonly number[] | null,
  samples: readonly Sample[],
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<readonly Recomputed[]> {
  const task = taskOf(part, job, job.dtype as FloatDtype, reader, craft);
  const { method, call, blocks, work, resultAs, at } = task;
  const asks = (method.measures?.(call, []) ?? []).length > 0;
  const coefficients = asks ? measured : coefficientList(method, call, []);
  if (coefficients === null) throw new Error(`${job.tensor}: what was measured is not known`);
  const refs = planesOf(part);
  const values = await Promise.all(refs.map((ref) => valuesOf(ref, samples, reader, signal)));
  const backend = definitionBackend();
  const done: Recomputed[] = [];
  for (const [n, sample] of samples.entries()) {
    const planes = values.map(({ bytes }) => bytes[n]);
    const one = {
      ...blocks,
      async *read() {
        yield { start: sample.from, count: sample.count, planes };
      },
    };
    const mapped = async (output: FloatDtype) => {
      const kernel = { methodId: method.id, coefficients, output, work, resultAs, at };
      for await (const { bytes } of backend.map(one, kernel, signal)) return bytes;
      throw new Error('the definition gave nothing');
    };
    const merged = new Float32Array((await mapped('F32')).buffer);
    const all = values.flatMap(({ numbers }) => (numbers ? [numbers[n]] : []));
    done.push({
      ...{ sample, bytes: await mapped(task.output), merged },
      base: values.find(({ bases }) => bases !== null)?.bases?.[n] ?? null,
      size: merged.map((value, i) =>
        all.reduce((most, plane) => Math.max(most, Math.abs(plane[i])), Math.abs(value)),
      ),
    });
  }
  return done;
}

type Values = {
  /** By sample, in the plane's dtype. */
  readonly bytes: readonly Uint8Array<ArrayBuffer>[];
  /** Of updates: the values, and those of the weight that they are added to. */
  readonly numbers: readonly Float32Array[] | null;
  readonly bases: readonly Float32Array[] | null;
};

async function valuesOf(
  ref: PlaneRef,
  samples: readonly Sample[],
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<Values> {
  if (isUpdate(ref)) return updated(ref, samples, reader, signal);
  const reads = samples.map(({ from, count }) => readPlane(ref, from, count, reader, signal));
  return { bytes: await Promise.all(reads), numbers: null, bases: null };
}

type Updated = ComputedPlane & { readonly formula: { readonly kind: 'update' } };

function isUpdate(ref: PlaneRef): ref is Updated {
  return isComputedPlane(ref) && ref.formula.kind === 'update';
}

async function updated(
  { formula, inputs, from: first, dtype }: Updated,
  samples: readonly Sample[],
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<Values> {
  if (dtype !== 'F32') throw new Error(`an update in ${dtype}`);
  const dtypes = dtypesOf(formula);
  const pages = inputs.map((span, k) => {
    const read = (begin: number, end: number) => {
      const range = { ...span, begin: span.begin + begin, end: span.begin + end };
      return readSpan(range, reader, signal);
    };
    return new Pages(dtypes.get(k) ?? formula.base ?? 'F32', span.end - span.begin, read);
  });
  const base = inputs.length - 1;
  const stored = (input: number, index: number) => pages[input].at(index);
  const evaluate = () => {
    const norms = new Map<number, number>();
    return samples.map(({ from, count }) => {
      const at = (i: number) => first + from + i;
      return {
        numbers: Float32Array.from({ length: count }, (_, i) =>
          updatedElement(formula, base, at(i), stored, norms),
        ),
        bases: Float32Array.from({ length: count }, (_, i) =>
          formula.base === null ? 0 : stored(base, at(i)),
        ),
      };
    });
  };
  evaluate(); // only to learn what is needed
  for (const each of pages) await each.load();
  const values = evaluate();
  return {
    bytes: values.map(({ numbers }) => new Uint8Array(numbers.buffer as ArrayBuffer)),
    numbers: values.map(({ numbers }) => numbers),
    bases: formula.base === null ? null : values.map(({ bases }) => bases),
  };
}

/** Of the inputs that the matrix and the magnitudes name. */
function dtypesOf({ matrix, magnitudes }: Updated['formula']): ReadonlyMap<number, FloatDtype> {
  const found = new Map<number, FloatDtype>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { input, dtype } = value as { input?: number; dtype?: FloatDtype };
    if (input !== undefined && dtype !== undefined) found.set(input, dtype);
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(matrix);
  visit(magnitudes);
  return found;
}
