/** Where another tool's numbers are not those of the updates, said of this very merge. */
import { profileNames } from '../../recipe/words.ts';
import { count, list, note, warning } from '../finding.ts';
import type { Participant, Participants } from '../participants.ts';
import type { Finding } from '../types.ts';
import type { Change, Module } from './modules.ts';
import { isByRoot, type Reading, scaleOf, strengthOf } from './profile.ts';
import { correct } from './profile-checks.ts';

export function quirksOf(
  who: Participants,
  reading: Reading,
  modules: readonly Module[],
): readonly Finding[] {
  const { profile, combine, isAlone } = reading;
  if (profile === 'corrected') return [];
  const isTwice = profile === 'peft 0.20' && combine === 'updates';
  const isSquared = profile === 'sd-scripts' && combine !== 'updates';
  return [
    ...(isAlone ? [checkAlone(who)] : []),
    ...(isTwice ? who.experts.flatMap((expert) => checkTwice(expert, modules)) : []),
    ...(isSquared ? who.experts.flatMap((one) => checkSquared(one, reading, modules)) : []),
    ...checkCross(reading, modules),
    ...checkRoot(who, reading),
    ...checkClamp(reading),
  ].map((finding) => ({ ...finding, fixes: [correct] }));
}

const advice = 'The corrected profile counts each update once, times its weight.';

function checkAlone({ experts: [{ model }] }: Participants): Finding {
  const message = `${model.name} is the only adapter: PEFT takes its update times its weight, whatever type is asked for.`;
  return note('profile-alone', message, advice);
}

function checkTwice({ model, ref, ordinal }: Participant, modules: readonly Module[]) {
  const scales = [...new Set(changesOf(ordinal, modules).map(({ change }) => scaleOf(change)))];
  const [most] = scales.toSorted((a, b) => Math.abs(Math.log(b)) - Math.abs(Math.log(a)));
  if (most === undefined || scales.every((scale) => scale === 1)) return [];
  const where = scales.length > 1 ? ' in some modules' : '';
  const message = `${model.name} has the scale ${short(most)} (alpha / r)${where}: PEFT up to 0.20 applies it twice in its svd types, so that the update is ${short(most ** 2)} · B·A, not ${short(most)} · B·A.`;
  return [warning('profile-scaled-twice', message, advice, { place: { model: ref.id } })];
}

function checkSquared(
  { model, ref, ordinal, values }: Participant,
  reading: Reading,
  modules: readonly Module[],
) {
  const asked = Number(values['weight']);
  const found = changesOf(ordinal, modules).map(({ module, change }) =>
    strengthOf(reading, module, change, asked),
  );
  const acts = [...new Set(found.map(short))];
  if (acts.length === 0 || (acts.length === 1 && acts[0] === short(asked))) return [];
  const span = acts.length > 1 ? `${acts[0]} to ${acts[acts.length - 1]}` : acts[0];
  const why =
    reading.combine === 'ranks'
      ? 'it multiplies both factors by the ratio, and divides alpha by the ranks together'
      : 'it multiplies both factors by the ratio';
  const message = `The weight ${short(asked)} of ${model.name} acts as ${span} in sd-scripts: ${why}.`;
  return [warning('profile-squared', message, advice, { place: { model: ref.id } })];
}

function checkCross({ profile, combine }: Reading, modules: readonly Module[]) {
  const shared = modules.filter(({ changes }) => changes.length > 1);
  if (combine !== 'factors' || shared.length === 0) return [];
  const names = shared.map(({ name }) => name);
  const message = `${profileNames[profile]} merges all A and all B, each on its own: in ${count(names.length, 'module')} (${list(names)}) the product has cross terms of one adapter’s B with another’s A, and is not the sum of the updates.`;
  return [warning('profile-cross-terms', message, advice, { tensors: names })];
}

function checkRoot({ experts: [first] }: Participants, { profile, gain }: Reading) {
  if (profile === 'sd-scripts' || !isByRoot(first)) return [];
  const message = `${first.model.name} comes first and uses rsLoRA, which PEFT copies to the result: the merge counts ${short(gain)} times, the root of its rank.`;
  return [warning('profile-rslora', message, advice, { place: { model: first.ref.id } })];
}

function checkClamp({ profile, clamp }: Reading) {
  if (profile !== 'sd-scripts' || clamp === null) return [];
  const message = `sd-scripts clamps both factors to the quantile ${clamp} of their values, which cuts the largest.`;
  return [warning('profile-clamp', message, advice)];
}

function changesOf(ordinal: number, modules: readonly Module[]) {
  return modules.flatMap((module) =>
    module.changes
      .filter(({ expert }) => expert.ordinal === ordinal)
      .map((change: Change) => ({ module, change })),
  );
}

const short = (value: number) => String(Number(value.toPrecision(4)));
