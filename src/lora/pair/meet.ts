/** What one update, or one saved tensor, reaches in a base, or why nothing. */
import type { StoredTensor, TensorEntry } from '../../formats/model.ts';
import type { Update } from '../../formats/update.ts';
import { isFloatDtype } from '../../numerics/dtype.ts';
import type { Share } from './assemble.ts';
import { type Candidate, candidatesFor } from './find.ts';
import { matrixShape, ownerOf } from './modules.ts';
import { nearestIn } from './nearest.ts';
import type { Why } from './pairing.ts';
import { type Places, placesOf } from './places.ts';

export type Base = {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly places: Places;
  readonly nearest: (module: string) => string | null;
};

export function baseOf(tensors: ReadonlyMap<string, TensorEntry>): Base {
  const places = placesOf(tensors);
  return { tensors, places, nearest: nearestIn(places.modules) };
}

export type Met<Found> = { readonly found: Found } | { readonly why: Why };

/** Rows of tensors, one below the other. */
type Target = readonly Rows[];
type Rows = { readonly tensor: TensorEntry; readonly from: number; readonly to: number };
type Targets = { readonly all: readonly Target[]; readonly byEnds: boolean };

/** The rows of the base that an update is added to. */
export function meet(base: Base, update: Update): Met<readonly Share[]> {
  const { rows, columns } = update;
  const targets = targetsOf(base, update.module, update.of);
  if ('why' in targets) return targets;
  const { all, byEnds } = targets.found;
  const met = chosen(all, [rows, columns], (target) => [
    target.reduce((sum, { from, to }) => sum + to - from, 0),
    target.map(({ tensor }) => matrixShape(tensor).columns).find((width) => width !== columns) ??
      columns,
  ]);
  if ('why' in met) return met;
  const target = met.found;
  const odd = target.find(({ tensor }) => !isFloatDtype(tensor.dtype))?.tensor;
  if (odd) return { why: { kind: 'not floats', tensor: odd.name, dtype: odd.dtype } };
  if (update.magnitudes && !isWhole(target)) {
    return { why: { kind: 'magnitudes', tensors: namesOf(target) } };
  }
  let start = 0;
  const found = target.map((part): Share => {
    const share = { ...part, update, start, byEnds };
    start += part.to - part.from;
    return share;
  });
  return { found };
}

/** The tensor of the base that a saved one replaces. */
export function meetSaved(base: Base, name: string, { shape }: StoredTensor): Met<TensorEntry> {
  const own = base.tensors.get(name);
  const owner = ownerOf(name);
  if (!own && !owner) return missing(base, name);
  const targets: Met<Targets> = own
    ? { found: { all: [wholeOf(own)], byEnds: false } }
    : targetsOf(base, owner!.module, owner!.of);
  if ('why' in targets) return targets;
  const { all } = targets.found;
  const whole = all.filter(isWhole);
  if (whole.length === 0) return { why: { kind: 'part', tensors: namesOf(all[0]) } };
  const met = chosen(whole, shape, ([{ tensor }]) => tensor.shape);
  return 'why' in met ? met : { found: met.found[0].tensor };
}

/** All that a name may stand for. At least one, or why there is none. */
function targetsOf(base: Base, module: string, of: Update['of']): Met<Targets> {
  const { all: candidates, byEnds } = candidatesFor(base.places, module);
  if (candidates.length === 0) return missing(base, module);
  const all = candidates.flatMap((candidate) => {
    const target = targetIn(candidate, of);
    return target ? [target] : [];
  });
  if (all.length > 0) return { found: { all, byEnds } };
  const { weight, name } = candidates[0][0].module;
  return of === 'bias'
    ? { why: { kind: 'no bias', tensor: weight?.name ?? name } }
    : missing(base, module);
}

function targetIn(candidate: Candidate, of: Update['of']): Target | null {
  const target = candidate.map(({ module, from, to }) => {
    const { weight, [of]: tensor } = module;
    // Of GPT-2's layers, which lie inputs × outputs, a bias has as many rows as the weight has columns.
    const isWhole = from === 0 && weight !== null && to === matrixShape(weight).rows;
    return { tensor, from, to: isWhole && tensor ? matrixShape(tensor).rows : to };
  });
  return target.every((rows): rows is Rows => rows.tensor !== null) ? target : null;
}

/** The one of that shape. */
function chosen(
  targets: readonly Target[],
  found: readonly number[],
  shapeOf: (target: Target) => readonly number[],
): Met<Target> {
  const fitting = targets.filter((target) => sameShape(shapeOf(target), found));
  if (fitting.length === 1) return { found: fitting[0] };
  if (fitting.length > 1) {
    return { why: { kind: 'several', tensors: fitting.flatMap(namesOf) } };
  }
  const [first] = targets;
  return { why: { kind: 'shape', tensors: namesOf(first), found, expected: shapeOf(first) } };
}

const missing = ({ nearest }: Base, name: string) =>
  ({ why: { kind: 'missing', nearest: nearest(name) } }) as const;

const wholeOf = (tensor: TensorEntry): Target => [
  { tensor, from: 0, to: matrixShape(tensor).rows },
];

const isWhole = (target: Target) =>
  target.length === 1 &&
  target[0].from === 0 &&
  target[0].to === matrixShape(target[0].tensor).rows;

const namesOf = (target: Target) => [...new Set(target.map(({ tensor }) => tensor.name))];

const sameShape = (one: readonly number[], other: readonly number[]) =>
  one.length === other.length && one.every((size, axis) => size === other[axis]);
