/** What the weights of one tensor come to: sums that nothing can be divided by, and merges of nothing. */

import { currentOf } from '../../methods/dialect.ts';
import { dividesBy, weightTotal } from '../../methods/task-vectors.ts';
import { roundTo } from '../../numerics/round.ts';
import { count, error, list, note, warning } from '../finding.ts';
import type { Participants } from '../participants.ts';
import type { Finding, Part } from '../types.ts';

export type Merge = {
  readonly tensor: string;
  readonly part: Extract<Part, { kind: 'merge' }>;
};

/** Dividing by a sum so much smaller than the weights magnifies what was merged. */
const NEARLY_NOTHING = 1 / 50;

const switchOff = {
  kind: 'set-value',
  label: 'Switch normalize off',
  key: 'normalize',
  value: false,
} as const;

export function checkWeights(who: Participants, merges: readonly Merge[]): readonly Finding[] {
  if (!who.method.params.perModel['weight']) return [];
  // mergekit leaves a sum of task vectors undivided where the weights sum to zero.
  const leaves = currentOf(who.recipe.dialect) === 'mergekit' && who.base !== null;
  const none = merges.filter((merge) => weightsOf(merge).every((weight) => weight === 0));
  const zero = merges.filter((merge) => isDivided(merge) && sumsToZero(who, merge));
  const undivided = leaves ? zero.filter((merge) => !none.includes(merge)) : [];
  const refused = leaves ? [] : zero;
  const small = merges.filter((merge) => isDivided(merge) && !zero.includes(merge));
  return [
    ...checkZero(refused),
    ...checkUndivided(undivided),
    ...checkNearly(small.filter(nearlyCancel)),
    ...checkNone(
      who,
      none.filter((merge) => !refused.includes(merge)),
    ),
  ];
}

const weightsOf = ({ part }: Merge) => part.perModel.map(({ weight }) => Number(weight));
const isDivided = ({ part }: Merge) => part.global['normalize'] === true;
const terms = (merge: Merge) => weightsOf(merge).join(' + ');
const place = { parameter: 'weight' };

/** The sum as the merge forms it: of weights that are rounded to the working dtype. */
function totalOf(merge: Merge): number {
  const round = roundTo(merge.part.precision.work);
  return weightTotal(weightsOf(merge).map(round), round);
}

/** In exact arithmetic as well, unless a dialect is asked for its own. */
function sumsToZero({ recipe }: Participants, merge: Merge): boolean {
  const exact = weightsOf(merge).reduce((sum, weight) => sum + weight, 0);
  const isExact = currentOf(recipe.dialect) !== 'mergekit' && !dividesBy(exact);
  return isExact || !dividesBy(totalOf(merge));
}

function nearlyCancel(merge: Merge): boolean {
  const all = weightsOf(merge).reduce((sum, weight) => sum + Math.abs(weight), 0);
  return Math.abs(totalOf(merge)) < all * NEARLY_NOTHING;
}

function checkZero(merges: readonly Merge[]): readonly Finding[] {
  if (merges.length === 0) return [];
  const names = tensorsOf(merges);
  const message = `The weights ${terms(merges[0])} sum to 0 on ${count(names.length, 'tensor')} (${list(names)}), and normalize divides by that sum.`;
  const advice = 'Change a weight, or switch normalize off.';
  return [error('zero-weight-sum', message, advice, { place, tensors: names, fixes: [switchOff] })];
}

function checkUndivided(merges: readonly Merge[]): readonly Finding[] {
  if (merges.length === 0) return [];
  const names = tensorsOf(merges);
  const message = `The weights ${terms(merges[0])} sum to 0 on ${count(names.length, 'tensor')} (${list(names)}): normalize divides by 1 there, as mergekit does.`;
  const advice = 'Without normalize the merge is the same on these tensors.';
  return [note('zero-weight-sum', message, advice, { place, tensors: names })];
}

function checkNearly(merges: readonly Merge[]): readonly Finding[] {
  if (merges.length === 0) return [];
  const [first] = merges;
  const names = tensorsOf(merges);
  const { work } = first.part.precision;
  const total = Number(totalOf(first).toPrecision(3));
  const message = `The weights ${terms(first)} nearly cancel on ${count(names.length, 'tensor')} (${list(names)}): normalize divides by their sum in ${work}, ${total}, and so multiplies by ${Number((1 / total).toPrecision(3))}.`;
  const advice = 'Change a weight, or switch normalize off.';
  return [
    warning('small-weight-sum', message, advice, { place, tensors: names, fixes: [switchOff] }),
  ];
}

function checkNone({ base }: Participants, merges: readonly Merge[]): readonly Finding[] {
  if (merges.length === 0) return [];
  const names = tensorsOf(merges);
  const then = base ? `stay as in ${base.name}` : 'become zero, which breaks the model';
  const message = `Every weight is 0 on ${count(names.length, 'tensor')} (${list(names)}): they ${then}.`;
  const advice = 'Give at least one model a weight.';
  return [warning('all-weights-zero', message, advice, { place, tensors: names })];
}

/** The tensors of merges, each once. */
export function tensorsOf(items: readonly { readonly tensor: string }[]): readonly string[] {
  return [...new Set(items.map(({ tensor }) => tensor))];
}
