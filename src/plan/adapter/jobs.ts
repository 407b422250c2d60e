/** The two tensors of each module of an adapter. */
import { byteLengthOf } from '../../formats/safetensors/write.ts';
import { precisionOf } from '../../methods/precision.ts';
import { type FloatDtype, isFloatDtype } from '../../numerics/dtype.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { placeOf } from '../groups.ts';
import type { UnplacedJob } from '../jobs.ts';
import type { Participant, Participants } from '../participants.ts';
import { depthsOf, filterMatches, resolveExpert, resolveGlobal } from '../resolve.ts';
import type { ComputedPlane, FactorPart, MergePart } from '../types.ts';
import { cutOf } from './factors.ts';
import { keepOf } from './limits.ts';
import type { Change, Module } from './modules.ts';
import { type Side, sidesOf } from './sides.ts';

/** Updates of a weight as planes: an adapter that leaves it as it is gives zeros. */
export type PlannedModule = {
  readonly module: Module;
  readonly rank: number;
  readonly how: FactorPart['how'];
  readonly merge: MergePart;
  readonly jobs: readonly UnplacedJob[];
};

/** What a rule keeps as the base has it is no part of an adapter. */
export function planModules(
  who: Participants,
  modules: readonly Module[],
): readonly PlannedModule[] {
  const depths = depthsOf(modules.map(({ name }) => placeOf(name)));
  return modules.flatMap((module) => {
    const { name } = module;
    if (keepOf(who.recipe, name)) return [];
    const place = placeOf(name);
    const { recipe, method, arithmetic } = who;
    const rules = recipe.rules.filter(({ filter }) => filterMatches(filter, name, place));
    const tensor = { name, place, depths };
    const global = resolveGlobal(who.global, method, rules, tensor);
    const perModel = who.experts.map(({ values, ref }) =>
      resolveExpert(values, method, rules, ref.id, tensor),
    );
    const elementCount = module.rows * module.columns;
    const weights =
      method.weightedSum?.({
        ...{ global, perModel, arithmetic, elementCount },
        hasBase: true,
        roundSum: (value) => value,
      }) ?? null;
    const cut = cutOf(module, weights !== null, recipe.output.rank);
    // A weighted sum leaves out who has nothing to add; other methods may count them.
    const taking =
      cut.how === 'from the matrix' ? who.experts : module.changes.map(({ expert }) => expert);
    const planes = taking.map((expert) => planeOf(module, expert));
    const stored = planes.map(({ dtype }) => dtype);
    const merge: MergePart = {
      kind: 'merge',
      planes,
      base: cut.how === 'from the matrix' ? zeros(module) : null,
      ordinals: taking.map(({ ordinal }) => ordinal),
      elementCount,
      precision: precisionOf(arithmetic.work, stored, recipe.inputDtype),
      global,
      perModel: taking.map(({ ordinal }) => perModel[ordinal]),
    };
    const own =
      cut.how === 'from the matrix' ? null : taking.map(({ ordinal }) => weights![ordinal]);
    const dtype = dtypeOf(recipe, module.changes);
    const jobs = sidesOf(module, cut.rank).map((side) =>
      jobOf(side, { ...cut, module, merge, weights: own, dtype }),
    );
    return [{ module, ...cut, merge, jobs }];
  });
}

type Making = {
  readonly module: Module;
  readonly how: FactorPart['how'];
  readonly rank: number;
  readonly merge: MergePart;
  readonly weights: readonly number[] | null;
  readonly dtype: FloatDtype;
};

function jobOf(
  { name, shape, side, transposed }: Side,
  { module, how, rank, merge, weights, dtype }: Making,
): UnplacedJob {
  const { rows, columns } = module;
  const elementCount = rank * (side === 'left' ? rows : columns);
  return {
    component: '',
    tensor: name,
    dtype,
    shape,
    byteLength: byteLengthOf(dtype, shape),
    parts: [
      {
        ...({
          kind: 'factor',
          of: module.name,
          side,
          transposed,
          rows,
          columns,
          rank,
          how,
        } as const),
        ...{ weights, merge, elementCount },
      },
    ],
    original: null,
  };
}

/** The one chosen by hand, or that of the first adapter's factors. */
function dtypeOf({ output }: Recipe, [first]: readonly Change[]): FloatDtype {
  if (output.dtype !== 'base') return output.dtype;
  const [input] = first.inputs;
  return isFloatDtype(input.dtype) ? input.dtype : 'F32';
}

function planeOf(module: Module, expert: Participant): ComputedPlane {
  const change = module.changes.find((one) => one.expert === expert);
  return change ? changeOf(module, change) : zeros(module);
}

/** No change at all: one that is there, times 0. */
function zeros(module: Module): ComputedPlane {
  return changeOf(module, { ...module.changes[0], scale: 0 });
}

function changeOf(
  { rows, columns }: Module,
  { expert, matrix, scale, inputs }: Change,
): ComputedPlane {
  return {
    dtype: 'F32',
    from: 0,
    to: rows * columns,
    formula: {
      kind: 'update',
      sizes: [1, rows, columns],
      ...{ matrix, scale },
      magnitudes: null,
      base: null,
    },
    inputs: inputs.map(({ file, begin, end }) => ({ model: expert.model.id, file, begin, end })),
  };
}
