/** Some elements of a merge as its method sees them: what is left of each model's task vector. */
import { definitionBackend } from '../../compute/cpu/definition.ts';
import type { Arithmetic } from '../../methods/dialect.ts';
import type { Call, Measure, MergeMethod } from '../../methods/method.ts';
import { subtract } from '../../methods/steps.ts';
import { roundSumTo, roundTo } from '../../numerics/round.ts';
import type { MergePart } from '../../plan/types.ts';
import type { Run } from '../../views/sampling.ts';
import type { PlaneReader } from '../tensor/planes.ts';
import { blocksOf, readAs, type Samples } from './sample.ts';
import type { Subject } from './subjects.ts';

/** What is looked at, and with whose eyes. */
export type Lens = {
  readonly method: MergeMethod;
  readonly arithmetic: Arithmetic;
  readonly samples: Samples;
  /** By expert, where one threshold holds for the whole model. */
  readonly magnitudes: readonly number[] | null;
};

export type Sight = {
  /** By plane of the merge; before weights. The arrays hold until the next look. */
  readonly left: readonly Float32Array[];
  readonly weights: readonly number[];
  /** Positions of the planes among the recipe's experts. */
  readonly ordinals: readonly number[];
};

const backend = definitionBackend();
/** Equal magnitudes at a threshold of the whole model are all kept. */
const lastOfAll = 2 ** 32 - 1;

/** Reads the runs, measures them as if they were the whole tensor, and trims or draws as the method does. */
export async function look(
  subject: Subject,
  merge: MergePart,
  runs: readonly Run[],
  lens: Lens,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<Sight> {
  const { method, arithmetic, samples } = lens;
  const { planes, base, ordinals, precision, global, perModel } = merge;
  const read = (plane: MergePart['planes'][number]) => samples.read(plane, runs, reader, signal);
  const [own, ofBase] = await Promise.all([
    Promise.all(planes.map(read)),
    base === null ? null : read(base),
  ]);
  const elementCount = runs.reduce((sum, [from, to]) => sum + to - from, 0);
  const round = roundTo(precision.work);
  const x = own.map(({ decoded }) => readAs(decoded, precision.readAs));
  const zero = ofBase ? readAs(ofBase.decoded, precision.readAs) : new Float32Array(elementCount);
  const weights = perModel.map(({ weight }) => (typeof weight === 'number' ? weight : 1));
  const at = { start: 0, tensorKey: subject.tensorKey, ordinals, round };
  if (!method.left) {
    const left = x.map((values) => {
      const tau = new Float32Array(elementCount);
      subtract(values, zero, tau, round);
      return tau;
    });
    return { left, weights, ordinals };
  }
  const call: Call = {
    ...{ global, perModel, arithmetic, elementCount },
    hasBase: true,
    roundSum: roundSumTo(precision.work),
  };
  const blocks = blocksOf(
    own.map((values, k) => ({ ...values, dtype: planes[k].dtype })),
    base && ofBase ? { ...ofBase, dtype: base.dtype } : zeroBase(zero),
    precision.readAs,
    elementCount,
  );
  const decided = (measure: Measure) =>
    lens.magnitudes && measure.kind === 'magnitude'
      ? [lens.magnitudes[ordinals[measure.model]], lastOfAll]
      : null;
  let answers: readonly (readonly number[])[] = [];
  for (;;) {
    const asked = method.measures?.(call, answers) ?? [];
    if (asked.length === 0) break;
    const open = asked.filter((measure) => decided(measure) === null);
    const context = { work: precision.work, at };
    const measured = open.length ? await backend.measure(blocks, open, context, signal) : [];
    let next = 0;
    answers = [...answers, ...asked.map((measure) => decided(measure) ?? measured[next++])];
  }
  const c = Float32Array.from(method.coefficients(call, answers));
  return { left: method.left(x, zero, c, at), weights, ordinals };
}

/** Planes of updates alone have no base to be taken away. */
function zeroBase(values: Float32Array<ArrayBuffer>) {
  return { bytes: new Uint8Array(values.buffer), decoded: values, dtype: 'F32' } as const;
}
