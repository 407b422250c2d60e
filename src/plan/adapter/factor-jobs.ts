/**
 * Factors merged on their own, all A as one tensor and all B as another, as PEFT's types without `svd` and
 * sd-scripts do it: the method knows no more of it than that its task vectors are factors.
 */

import { byteLengthOf } from '../../formats/safetensors/write.ts';
import type { StoredMatrix } from '../../formats/update.ts';
import type { Style } from '../../lora/name/naming.ts';
import { precisionOf } from '../../methods/precision.ts';
import type { UnplacedJob } from '../jobs.ts';
import type { Participants } from '../participants.ts';
import type { ComputedPlane, MergePart } from '../types.ts';
import {
  type Change,
  type Module,
  type NamedModule,
  type PlannedModule,
  productOf,
} from './modules.ts';
import { type Reading, scaleOf } from './profile.ts';
import { type Side, sidesOf } from './sides.ts';
import { dtypeOf, type Resolved, withStrengths } from './values.ts';

/** Of changes that are products of two factors, all of one rank: `checkProfile` refuses others. */
export function planFactors(
  who: Participants,
  reading: Reading,
  module: NamedModule,
  style: Style,
  asked: Resolved,
): PlannedModule {
  const rank = productOf(module.changes[0], module.rows)?.left.columns ?? 1;
  const strong = withStrengths(reading, module, asked);
  const dtype = dtypeOf(who.recipe, module.changes);
  const merges = sidesOf(module, rank, style).map((side) => {
    const merge = mergeOf(who, module, side, strong);
    const { name: tensor, shape } = side;
    const byteLength = byteLengthOf(dtype, shape);
    const job: UnplacedJob = {
      ...{ component: '', tensor, dtype, shape, byteLength },
      ...{ parts: [merge], original: null },
    };
    return { merge, job };
  });
  const [{ merge }] = merges;
  const said = merge.ordinals.map((ordinal) => asked.perModel[ordinal]);
  return {
    ...{ module, how: 'factor by factor', rank, isKnown: true, weights: null },
    merge: { ...merge, perModel: said },
    jobs: merges.map(({ job }) => job),
  };
}

/** Who does not change this weight takes no part in it. */
function mergeOf(
  { arithmetic, recipe }: Participants,
  { rows, changes }: Module,
  side: Side,
  { global, perModel }: Resolved,
): MergePart {
  const planes = changes.map((change) => factorOf(change, rows, side, 1));
  const ordinals = changes.map(({ expert }) => expert.ordinal);
  const stored = planes.map(({ dtype }) => dtype);
  return {
    kind: 'merge',
    planes,
    base: factorOf(changes[0], rows, side, 0),
    ordinals,
    elementCount: planes[0].to,
    precision: precisionOf(arithmetic.work, stored, recipe.inputDtype),
    global,
    perModel: changes.map((change, k) => {
      const values = perModel[ordinals[k]];
      const times = Number(values['weight']) * scaleOf(change);
      const root = Math.sqrt(Math.abs(times));
      return { ...values, weight: side.factor === 'A' && times < 0 ? -root : root };
    }),
  };
}

/** A stored factor as the output has it, times a number. */
function factorOf(
  change: Change,
  height: number,
  { side, transposed, shape }: Side,
  scale: number,
): ComputedPlane {
  const size = shape.reduce((count, each) => count * each, 1);
  const product = productOf(change, height);
  if (product === null) throw new Error('an update that is not known by its factors');
  const stored: StoredMatrix = product[side];
  const { expert, inputs } = change;
  const { file, begin, end } = inputs[stored.input];
  const [rows, columns] = transposed
    ? [stored.columns, stored.rows]
    : [stored.rows, stored.columns];
  const isTurned = stored.transposed !== transposed;
  const matrix = { ...stored, input: 0, rows, columns, transposed: isTurned };
  return {
    ...{ dtype: 'F32', from: 0, to: size, inputs: [{ model: expert.model.id, file, begin, end }] },
    formula: {
      ...{ kind: 'update', sizes: [1, rows, columns], matrix, scale },
      ...{ magnitudes: null, base: null },
    },
  };
}
