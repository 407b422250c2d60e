/** What the values come to on each tensor, after rules. */
import { keptCount } from '../../methods/task-vectors.ts';
import { count, error, groupBy, list, note, warning } from '../finding.ts';
import type { UnplacedJob } from '../jobs.ts';
import type { Participants } from '../participants.ts';
import type { Finding } from '../types.ts';
import { checkWeights, type Merge, tensorsOf } from './weights.ts';

export function checkEffects(who: Participants, jobs: readonly UnplacedJob[]): readonly Finding[] {
  const merges = jobs.flatMap(({ tensor, parts }) =>
    parts.flatMap((part): readonly Merge[] => (part.kind === 'merge' ? [{ tensor, part }] : [])),
  );
  // Slices with a method of their own have values of their own.
  const own = merges.filter(({ part }) => part.craft === undefined);
  return [...checkAny(who, merges), ...checkMerges(who, own)];
}

export function checkMerges(who: Participants, merges: readonly Merge[]): readonly Finding[] {
  return [
    ...checkWeights(who, merges),
    ...checkDensities(who, merges),
    ...checkTinyTrims(who, merges),
    ...checkSlerp(who, merges),
  ];
}

/** Names that do not meet at all are an error of their own. Layers are arranged, and one model taken, without a merge. */
function checkAny(
  { reference, experts, output, stack, method }: Participants,
  merges: readonly Merge[],
) {
  if (merges.length > 0 || stack !== null || method.copies) return [];
  const names = [...output.keys()];
  if (!experts.some(({ tensors }) => names.some((name) => tensors.has(name)))) return [];
  const message = `Nothing is merged: no tensor of floats with elements is shared, so the output would only copy ${reference.name}.`;
  const advice = 'Check that the experts hold the weights that you want to merge.';
  return [error('nothing-merged', message, advice)];
}

function checkDensities(who: Participants, merges: readonly Merge[]): readonly Finding[] {
  const { method, experts, arithmetic } = who;
  if (!method.params.perModel['density']) return [];
  const isInverse = method.sparsifies === 'draw' && arithmetic.rescale === 'inverse';
  return experts.flatMap(({ ordinal, ref, model, values }): readonly Finding[] => {
    const mine = merges.filter(({ part }) => part.ordinals.includes(ordinal));
    const densityOf = ({ part }: Merge) =>
      scopeIsModel(who)
        ? Number(values['density'])
        : Number(part.perModel[part.ordinals.indexOf(ordinal)]['density']);
    // Above 1 everything is kept, as at 1.
    const byDensity = groupBy(mine, (merge) => Math.min(1, densityOf(merge)));
    const zero = tensorsOf(byDensity.get(0) ?? []);
    const place = { model: ref.id, parameter: 'density' };
    if (zero.length > 0 && isInverse) {
      const message = `${model.name} has density 0 on ${count(zero.length, 'tensor')} (${list(zero)}): drop rate p = 1 drops everything, and 1 / (1 − p) has no value.`;
      const advice = 'Choose a density above 0, or remove the model.';
      return [error('drop-everything', message, advice, { place, tensors: zero })];
    }
    if (zero.length > 0) {
      const message = `${model.name} has density 0 on ${count(zero.length, 'tensor')} (${list(zero)}): it contributes nothing there.`;
      const advice = 'Choose a density above 0, or remove the model.';
      return [warning('density-zero', message, advice, { place, tensors: zero })];
    }
    if (mine.length > 0 && byDensity.get(1)?.length === mine.length) {
      const what = method.sparsifies === 'draw' ? 'nothing is dropped' : 'nothing is trimmed';
      const message = `${model.name} has density ${densityOf(mine[0])} everywhere: ${what}.`;
      return [note('density-one', message, 'Lower the density to keep less.', { place })];
    }
    return [];
  });
}

function checkTinyTrims(who: Participants, merges: readonly Merge[]): readonly Finding[] {
  const { method, arithmetic, experts } = who;
  if (arithmetic.smallTrim !== 'refuse' || method.sparsifies !== 'trim' || scopeIsModel(who))
    return [];
  const tiny = merges.flatMap(({ tensor, part }) => {
    const empty = part.perModel.findIndex(
      ({ density }) => keptCount(Number(density), part.elementCount, arithmetic) === 0,
    );
    if (empty < 0) return [];
    const density = Number(part.perModel[empty]['density']);
    const { model, ref } = experts[part.ordinals[empty]];
    return [{ tensor, size: part.elementCount, density, model, ref }];
  });
  if (tiny.length === 0) return [];
  const [{ tensor, size, density, model, ref }] = tiny;
  const names = tensorsOf(tiny);
  return [
    error(
      'trim-too-small',
      `Density ${density} of ${model.name} keeps less than one of the ${count(size, 'element')} of ${tensor}; “Tiny tensors: refuse” forbids that. Tensors concerned: ${list(names)}.`,
      'Keep one element there, or raise the density.',
      {
        place: { model: ref.id, tensor, parameter: 'density' },
        tensors: names,
        fixes: [
          {
            kind: 'set-arithmetic',
            label: 'Keep one element',
            key: 'smallTrim',
            value: 'keep one',
          },
        ],
      },
    ),
  ];
}

function checkSlerp({ method }: Participants, merges: readonly Merge[]): readonly Finding[] {
  if (method.id !== 'slerp') return [];
  const outside = merges.filter(
    ({ part }) => Number(part.global['t']) < 0 || Number(part.global['t']) > 1,
  );
  if (outside.length === 0) return [];
  const names = tensorsOf(outside);
  return [
    warning(
      'slerp-outside',
      `t is ${outside[0].part.global['t']} on ${count(names.length, 'tensor')} (${list(names)}): outside 0 to 1 the arc runs on beyond the models.`,
      'Choose t between 0 (first model) and 1 (second).',
      { place: { parameter: 't' }, tensors: names },
    ),
  ];
}

function scopeIsModel({ recipe, method }: Participants): boolean {
  return recipe.trimScope === 'model' && method.trimsWholeModel === true;
}
