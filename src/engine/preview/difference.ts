/** Two open models beside each other, from samples: no recipe and no base is needed for it. */
import {
  elementCount,
  isComputed,
  type Model,
  type StoredTensor,
  storedOf,
  type TensorEntry,
} from '../../formats/model.ts';
import { precisionOf } from '../../methods/precision.ts';
import { type FloatDtype, isFloatDtype } from '../../numerics/dtype.ts';
import { placeOf } from '../../plan/groups.ts';
import { planeOf } from '../../plan/jobs.ts';
import type { MergePart } from '../../plan/types.ts';
import { packed } from '../../views/changes.ts';
import { type Difference, type DifferenceLists, Gap, type Pair } from '../../views/difference.ts';
import { elementsIn } from '../../views/sampling.ts';
import { deltasOf } from './deltas.ts';
import { farBytes } from './far.ts';
import { groupOrder } from './scan.ts';
import { type Picked, selectAmong } from './selection.ts';
import type { Subject } from './subjects.ts';
import type { Tools } from './tools.ts';
import { visit } from './visit.ts';

/** Bytes of a tensor of whole numbers that is compared. */
const mostBytes = 2 ** 22;

/** Bytes over the network that a look at both would take. */
export function differenceBytes(first: Model, second: Model, tools: Tools): number {
  const { picked } = selectAmong(meet(first, second).subjects, tools);
  return picked.reduce(
    (
      sum,
      {
        subject: {
          merges: [{ merge }],
        },
        runs,
      },
    ) => sum + farBytes(merge, runs(merge), tools),
    0,
  );
}

/** @param tensor whose magnitudes are told by themselves */
export async function differenceOf(
  first: Model,
  second: Model,
  tensor: string | null,
  tools: Tools,
): Promise<Difference> {
  const { subjects, lists, whole: wholes } = meet(first, second);
  const selection = selectAmong(subjects, tools);
  const { grid } = selection;
  const whole = new Gap();
  // Used for one tensor after another.
  const one = new Gap();
  const groups = new Map<string, Gap>();
  const layers = grid.rows.map(() => new Gap());
  const names: string[] = [];
  const values: number[] = [];
  const cosines: number[] = [];
  const equal: string[] = [];
  const equalInSample: string[] = [];
  let own: Difference['magnitudes']['tensor'] = null;
  let sampled = 0;
  const takeOne = async ({ subject, runs: runsOf }: Picked) => {
    const [{ merge }] = subject.merges;
    const runs = runsOf(merge);
    const seen = elementsIn(runs);
    sampled += seen;
    const { base, x, own: deltas } = await deltasOf(subject, merge, runs, tools);
    one.clear();
    one.take(base!, x[0], deltas[0], merge.elementCount / seen);
    const { cosine, ...stats } = one.differs();
    names.push(subject.tensor);
    values.push(...packed([stats]));
    cosines.push(cosine ?? Number.NaN);
    if (areEqual(base!, x[0])) {
      (seen === merge.elementCount ? equal : equalInSample).push(subject.tensor);
    }
    if (subject.tensor === tensor) own = { name: tensor, of: one.magnitudes() };
  };
  for await (const pick of visit(selection.picked, tools)) {
    await takeOne(pick);
    const { group } = placeOf(pick.subject.tensor);
    const ofGroup = groups.get(group) ?? new Gap();
    groups.set(group, ofGroup);
    for (const sum of [whole, ofGroup, layers[pick.row]]) sum.add(one, pick.stratum.standsFor);
  }
  // What was asked for is looked at, whether it stands for others or not.
  const wanted = subjects.findIndex((subject) => subject.tensor === tensor);
  if (wanted >= 0 && own === null) await takeOne(selection.pick(wanted));
  return {
    names: [first.name, second.name],
    elements: whole.elements,
    sampled,
    tensorsMerged: selection.tensors,
    tensorsSampled: names.length,
    whole: whole.differs(),
    groups: groupOrder.flatMap((name) => {
      const of = groups.get(name);
      return of ? [{ name, ...of.differs() }] : [];
    }),
    layers: layers.map((of, i) => ({ name: grid.rows[i], ...of.differs() })),
    tensors: {
      names,
      values: Float64Array.from(values),
      cosines: Float64Array.from(cosines),
    },
    magnitudes: { model: whole.magnitudes(), tensor: own },
    lists: {
      ...lists,
      ...{ equal, equalInSample },
      notFloats: await comparedBytes(first, second, wholes, tools),
    },
  };
}

type Met = {
  /** What both have as floats of one shape: each like a merge of the second into the first. */
  readonly subjects: readonly Subject[];
  /** What both have as anything else of one shape. */
  readonly whole: readonly string[];
  readonly lists: Pick<DifferenceLists, 'onlyFirst' | 'onlySecond' | 'otherShape' | 'otherDtype'>;
};

function meet(first: Model, second: Model): Met {
  const subjects: Subject[] = [];
  const whole: string[] = [];
  const otherShape: Pair[] = [];
  const otherDtype: Pair[] = [];
  for (const [tensor, a] of first.tensors) {
    const b = second.tensors.get(tensor);
    if (b === undefined) continue;
    if (String(a.shape) !== String(b.shape)) {
      otherShape.push({ tensor, first: shapeText(a), second: shapeText(b) });
      continue;
    }
    if (dtypeText(a) !== dtypeText(b)) {
      otherDtype.push({ tensor, first: dtypeText(a), second: dtypeText(b) });
    }
    if (!isFloats(a) || !isFloats(b)) whole.push(tensor);
    else if (elementCount(a.shape) > 0) {
      const merge = beside({ model: first.id, entry: a }, { model: second.id, entry: b });
      subjects.push({ tensor, shape: a.shape, merges: [{ merge, start: 0 }], tensorKey: 0 });
    }
  }
  const missing = (of: Model, there: Model) =>
    [...of.tensors.keys()].filter((name) => !there.tensors.has(name));
  const onlyFirst = missing(first, second);
  const onlySecond = missing(second, first);
  return { subjects, whole, lists: { onlyFirst, onlySecond, otherShape, otherDtype } };
}

type Side = { readonly model: string; readonly entry: TensorEntry };

function beside(first: Side, second: Side): MergePart {
  const count = elementCount(first.entry.shape);
  const [base, plane] = [first, second].map(({ model, entry }) =>
    planeOf(model, entry, 0, count, 'F32'),
  );
  return {
    kind: 'merge',
    ...{ planes: [plane], base, ordinals: [0], elementCount: count },
    precision: precisionOf('f32', [base.dtype, plane.dtype], 'stored'),
    ...{ global: {}, perModel: [{}] },
  };
}

async function comparedBytes(
  first: Model,
  second: Model,
  names: readonly string[],
  { sources, signal }: Tools,
): Promise<DifferenceLists['notFloats']> {
  const found: { tensor: string; isEqual: boolean | null }[] = [];
  for (const tensor of names) {
    const [a, b] = [first, second].map(({ id, tensors }) => {
      const entry = tensors.get(tensor)!;
      return isComputed(entry) ? null : { entry, source: sourceOf(sources, id, entry) };
    });
    const isFar = [a, b].some((side) => side === null || side.source.ahead !== undefined);
    const sizes = [a, b].map((side) => (side ? side.entry.end - side.entry.begin : 0));
    if (a?.entry.dtype !== b?.entry.dtype) found.push({ tensor, isEqual: false });
    else if (isFar || sizes[0] > mostBytes) found.push({ tensor, isEqual: null });
    else {
      const read = ({ entry, source }: NonNullable<typeof a>) =>
        source.read(entry.begin, entry.end, signal);
      const [one, other] = await Promise.all([read(a!), read(b!)]);
      const isEqual = one.length === other.length && one.every((byte, i) => byte === other[i]);
      found.push({ tensor, isEqual });
    }
  }
  return found;
}

function sourceOf(sources: Tools['sources'], id: string, { model, file }: StoredTensor) {
  return sources.weights(model ?? id, file);
}

/** As values: −0 is 0, and what is not a number is like itself. */
function areEqual(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => value === b[i] || (Number.isNaN(value) && Number.isNaN(b[i])));
}

const isFloats = (entry: TensorEntry): entry is TensorEntry & { readonly dtype: FloatDtype } =>
  isFloatDtype(entry.dtype);

const shapeText = ({ shape }: TensorEntry) => `[${shape.join(', ')}]`;

/** Of codes what they are stored as: their values have none. */
const dtypeText = (entry: TensorEntry) =>
  isComputed(entry) ? `${entry.scheme}, ${storedOf(entry)[0].dtype}` : entry.dtype;
