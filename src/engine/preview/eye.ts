/** How a method sees a tensor: measured once, then looked through element by element. */
import type { Backend, Kernel } from '../../compute/backend.ts';
import { unpack } from '../../methods/coefficients.ts';
import type { Arithmetic } from '../../methods/dialect.ts';
import { type Guides, guideInto, mergedShape, rankInto } from '../../methods/lines.ts';
import {
  type Call,
  coefficientList,
  derivingOf,
  guidesOf,
  type Measure,
  type MergeMethod,
} from '../../methods/method.ts';
import { subtract } from '../../methods/steps.ts';
import { Workspace } from '../../methods/workspace.ts';
import { roundSumTo, roundTo, settle } from '../../numerics/round.ts';
import type { MergePart } from '../../plan/types.ts';
import type { PlaneBlocks } from '../tensor/blocks.ts';
import type { Subject } from './subjects.ts';

/** What is looked at, and with whose eyes. */
export type Lens = {
  readonly method: MergeMethod;
  readonly arithmetic: Arithmetic;
  /** By expert, where one threshold holds for the whole model. */
  readonly magnitudes: readonly number[] | null;
};

export type Eye = {
  /** By plane of the merge. */
  readonly weights: readonly number[];
  /** Positions of the planes among the recipe's experts. */
  readonly ordinals: readonly number[];
  /**
   * What is left of each plane's task vector, before weights. The arrays hold until the next call.
   * @param start index of the first element in the merge
   * @param guides what `guides` say there; without them `x` is all that was measured
   */
  left(x: Planes, base: Plane | null, start: number, guides?: Planes): readonly Float32Array[];
  /** Whether `merged` is known: taking a matrix apart is too much for a look. */
  readonly tells: boolean;
  /** What the method makes of it, f32; without a base what it would add to one. */
  merged(x: Planes, base: Plane | null, start: number, guides?: Planes): Float32Array;
  /** What the method is told of each element besides, and the precision of what it ranks. */
  readonly guides: Pick<Kernel, 'guides' | 'work'>;
};

type Plane = Float32Array<ArrayBuffer>;
type Planes = readonly Plane[];

/** Equal magnitudes at a threshold of the whole model are all kept. */
const lastOfAll = 2 ** 32 - 1;

/** One array for each expert of the recipe; who does not have the tensor wants nothing there. */
export function byExpert(
  own: readonly Float32Array[],
  ordinals: readonly number[],
  models: number,
): readonly Float32Array[] {
  const absent = new Float32Array(own[0].length);
  return Array.from({ length: models }, (_, k) => own[ordinals.indexOf(k)] ?? absent);
}

/** What is left by expert, and the weights of it. */
export function weighed(
  left: readonly Float32Array[],
  { weights, ordinals }: Pick<Eye, 'weights' | 'ordinals'>,
  models: number,
) {
  const all = byExpert(left, ordinals, models);
  return [all, all.map((_, k) => weights[ordinals.indexOf(k)] ?? 0)] as const;
}

/** Asks the method for its measures of `blocks`, all of a tensor or a sample that stands for it. */
export async function eyeOf(
  { tensorKey, shape: ofTensor }: Pick<Subject, 'tensorKey' | 'shape'>,
  merge: MergePart,
  blocks: PlaneBlocks,
  { method, arithmetic, magnitudes }: Lens,
  backend: Pick<Backend, 'measure'>,
  signal: AbortSignal,
): Promise<Eye> {
  const { ordinals, precision, global, perModel } = merge;
  const { elementCount } = blocks;
  const { work } = precision;
  const roundSum = roundSumTo(work);
  const isWhole = elementCount === merge.elementCount;
  const shape = isWhole ? mergedShape(ofTensor, elementCount) : [elementCount];
  const call: Call = { global, perModel, arithmetic, elementCount, shape, hasBase: true, roundSum };
  const at = { tensorKey, ordinals, round: roundTo(work), space: new Workspace() };
  const decided = (measure: Measure) => {
    if (measure.kind === 'whole') return new Array<number>(elementCount); // nothing is in it
    if (magnitudes === null || measure.kind !== 'magnitude') return null;
    return [magnitudes[ordinals[measure.model]], lastOfAll];
  };
  let answers: readonly (readonly number[])[] = [];
  for (;;) {
    const asked = method.measures?.(call, answers) ?? [];
    if (asked.length === 0) break;
    const open = asked.filter((measure) => decided(measure) === null);
    const context = { work, at, deriving: derivingOf(method, call, asked, answers) };
    const measured = open.length ? await backend.measure(blocks, open, context, signal) : [];
    let next = 0;
    answers = [...answers, ...asked.map((measure) => decided(measure) ?? measured[next++])];
  }
  const c = unpack(method, coefficientList(method, call, answers));
  const guides = guidesOf(method, call, answers);
  const taskVectors = (x: Planes, base: Plane) =>
    x.map((values) => {
      const tau = at.space.take(values.length);
      subtract(values, base, tau, at.round);
      return tau;
    });
  const guidesFor = (x: Planes, base: Plane, start: number, of: Guides): Planes => {
    const own = of.values.map(() => at.space.take(base.length));
    if (of.by === 'line') guideInto(of, start, own);
    else {
      for (const [k, tau] of taskVectors(x, base).entries()) {
        rankInto(of.lines, tau, of.values[k], own[k]);
      }
    }
    return own;
  };
  const placed = (x: Planes, base: Plane, start: number, given: Planes | undefined) => ({
    ...at,
    start,
    guides: given ?? (guides ? guidesFor(x, base, start, guides) : []),
  });
  return {
    weights: perModel.map(({ weight }) => (typeof weight === 'number' ? weight : 1)),
    ordinals,
    guides: { guides, work },
    tells: method.decomposes === undefined,
    left(x, base, start, given) {
      at.space.clear();
      const zero = base ?? new Float32Array(x[0].length);
      if (method.left) return method.left(x, zero, c, placed(x, zero, start, given));
      if (base === null) return x;
      return taskVectors(x, base);
    },
    merged(x, base, start, given) {
      at.space.clear();
      const out = new Float32Array(x[0].length);
      const zero = base ?? new Float32Array(out.length);
      method.merge(x, zero, c, placed(x, zero, start, given), out);
      settle(out, roundTo(precision.resultAs));
      return out;
    },
  };
}
