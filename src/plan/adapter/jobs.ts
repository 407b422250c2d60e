/** The tensors of each module of an adapter. */
import { byteLengthOf } from '../../formats/safetensors/write.ts';
import type { Style } from '../../lora/name/naming.ts';
import { precisionOf } from '../../methods/precision.ts';
import type { FloatDtype } from '../../numerics/dtype.ts';
import { placeOf } from '../groups.ts';
import type { UnplacedJob } from '../jobs.ts';
import type { Participant, Participants } from '../participants.ts';
import { depthsOf } from '../resolve.ts';
import type { ComputedPlane, FactorPart, MeasuredSpectrum, MergePart, Spectra } from '../types.ts';
import { planFactors } from './factor-jobs.ts';
import { cutOf } from './factors.ts';
import { keepOf } from './limits.ts';
import type { Change, Module, NamedModule, PlannedModule } from './modules.ts';
import type { Reading } from './profile.ts';
import { type Side, sidesOf } from './sides.ts';
import { dtypeOf, type Resolved, valuesOf, weightsOf, withStrengths } from './values.ts';

/** Weights of the base by what rules say of each, for those that are one module in the output. */
export type Split = { readonly module: NamedModule; readonly what: 'values' | 'keep' };

/** What a rule keeps as the base has it is no part of an adapter. */
export function planModules(
  who: Participants,
  reading: Reading,
  modules: readonly NamedModule[],
  style: Style,
  spectra: Spectra | null,
): { readonly planned: readonly PlannedModule[]; readonly split: readonly Split[] } {
  const depths = depthsOf(modules.flatMap(({ of }) => of.map(placeOf)));
  const split: Split[] = [];
  const planned = modules.flatMap((module): readonly PlannedModule[] => {
    const kept = module.of.map((name) => keepOf(who.recipe, name) !== null);
    if (kept.every((each) => each)) return [];
    const [values, ...others] = module.of.map((name) => valuesOf(who, name, depths));
    const isOne = others.every((each) => JSON.stringify(each) === JSON.stringify(values));
    if (kept.includes(true) || !isOne) {
      split.push({ module, what: isOne ? 'keep' : 'values' });
      return [];
    }
    const spectrum = spectra?.get(module.name) ?? null;
    const made =
      reading.combine === 'factors'
        ? planFactors(who, reading, module, style, values)
        : planUpdates(who, reading, module, style, values, spectrum);
    const alpha = style === 'kohya' ? [alphaOf(module, made.rank)] : [];
    return [{ ...made, jobs: [...made.jobs, ...alpha] }];
  });
  return { planned, split };
}

/** kohya's scale is alpha / rank; in f32, which holds any rank. */
export function alphaOf({ file }: NamedModule, rank: number): UnplacedJob {
  return {
    ...{ component: '', tensor: `${file}.alpha`, dtype: 'F32', shape: [], byteLength: 4 },
    ...{ parts: [{ kind: 'number', value: rank, elementCount: 1 }], original: null },
  };
}

function planUpdates(
  who: Participants,
  reading: Reading,
  module: NamedModule,
  style: Style,
  asked: Resolved,
  spectrum: MeasuredSpectrum | null,
): PlannedModule {
  const values = withStrengths(reading, module, asked);
  const weights = reading.isAlone ? weightsIn(values) : weightsOf(who, module, values);
  const { how, rank, isKnown } = cutOf(module, weights !== null, reading.rank, spectrum);
  const merge = mergeOf(who, module, how, values);
  const { balance, clamp } = reading;
  const parts = {
    ...{ how, rank, merge, balance, clamp, minus: null },
    weights: factorWeights(how, merge, weights),
  };
  const dtype = dtypeOf(who.recipe, module.changes);
  const jobs = sidesOf(module, rank, style).map((side) => jobOf(side, module, parts, dtype));
  const said = merge.ordinals.map((ordinal) => asked.perModel[ordinal]);
  return { module, how, rank, isKnown, weights, jobs, merge: { ...merge, perModel: said } };
}

const weightsIn = ({ perModel }: Resolved) => perModel.map((values) => Number(values['weight']));

/** Updates as planes. A weighted sum leaves out who has nothing to add; other methods may count them. */
function mergeOf(
  { experts, arithmetic, recipe }: Participants,
  module: Module,
  how: FactorPart['how'],
  { global, perModel }: Resolved,
): MergePart {
  const isWhole = how === 'from the matrix';
  const taking = isWhole ? experts : module.changes.map(({ expert }) => expert);
  const planes = taking.map((expert) => planeOf(module, expert));
  const stored = planes.map(({ dtype }) => dtype);
  return {
    kind: 'merge',
    planes,
    base: isWhole ? zeros(module) : null,
    ordinals: taking.map(({ ordinal }) => ordinal),
    elementCount: module.rows * module.columns,
    precision: precisionOf(arithmetic.work, stored, recipe.inputDtype),
    global,
    perModel: taking.map(({ ordinal }) => perModel[ordinal]),
  };
}

function factorWeights(
  how: FactorPart['how'],
  { ordinals }: MergePart,
  weights: readonly number[] | null,
): readonly number[] | null {
  if (how === 'from the matrix' || weights === null) return null;
  return ordinals.map((ordinal) => weights[ordinal]);
}

export function jobOf(
  { name, shape, side, transposed }: Side,
  { name: of, rows, columns }: Module,
  parts: Pick<FactorPart, 'how' | 'rank' | 'merge' | 'weights' | 'balance' | 'clamp' | 'minus'>,
  dtype: FloatDtype,
): UnplacedJob {
  const elementCount = parts.rank * (side === 'left' ? rows : columns);
  const part: FactorPart = {
    kind: 'factor',
    ...{ of, side, transposed, rows, columns, elementCount },
    ...parts,
  };
  const byteLength = byteLengthOf(dtype, shape);
  return { component: '', tensor: name, dtype, shape, byteLength, parts: [part], original: null };
}

function planeOf(module: Module, expert: Participant): ComputedPlane {
  const change = module.changes.find((one) => one.expert === expert);
  return change ? changeOf(module, change) : zeros(module);
}

/** No change at all: one that is there, times 0. */
function zeros(module: Module): ComputedPlane {
  return changeOf(module, { ...module.changes[0], scale: 0 });
}

/** scale · matrix alone, without a base. */
export function changeOf(
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
