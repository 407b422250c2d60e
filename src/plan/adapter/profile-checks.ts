/** What stands against the arithmetic of another tool, and what that arithmetic does to this very merge. */
import type { Combine } from '../../methods/combine.ts';
import { beyondCall, beyondValues } from '../../recipe/peft-call/beyond.ts';
import { profileNames } from '../../recipe/words.ts';
import { count, error, list } from '../finding.ts';
import type { Participants } from '../participants.ts';
import type { Finding, Fix } from '../types.ts';
import { type Module, productOf } from './modules.ts';
import { type Reading, rankOf } from './profile.ts';

export const correct: Fix = {
  kind: 'set-adapters',
  label: 'Use the corrected profile',
  value: { profile: 'corrected' },
};

/** Another tool's arithmetic is of adapters that become one; in a model each update counts once, its scale too. */
export function checkProfileOfModel({ recipe, experts }: Participants): readonly Finding[] {
  const { profile } = recipe.adapters;
  if (profile === 'corrected' || !experts.some(({ adapted }) => adapted)) return [];
  const message = `The profile ${profileNames[profile]} makes one adapter of adapters; a model is to be written.`;
  const fixes: readonly Fix[] = [
    { kind: 'set-output-as', label: 'Write an adapter', value: 'adapter' },
    correct,
  ];
  const advice = 'Write an adapter, or merge by the corrected profile.';
  return [error('profile-of-model', message, advice, { fixes })];
}

/** What the tool cannot do, or only with an error. `whole`: weights that are more than updates; null without. */
export function checkProfile(
  who: Participants,
  reading: Reading,
  modules: readonly Module[],
  whole: readonly string[] | null,
): readonly Finding[] {
  if (reading.profile === 'corrected') return [];
  return [
    ...(whole ? [checkWhole(reading, whole)] : []),
    ...checkCall(who, reading),
    ...checkProducts(reading, modules),
    ...(reading.combine === 'factors' ? checkRanks(who, reading, modules) : []),
    ...checkKernels(reading, modules),
  ];
}

function refuse(
  { profile }: Reading,
  code: string,
  message: string,
  tensors?: readonly string[],
): Finding {
  const advice = 'Use the corrected profile, which does it.';
  return error(code, `${profileNames[profile]}: ${message}`, advice, {
    fixes: [correct],
    ...(tensors ? { tensors } : {}),
  });
}

const doneTo: Readonly<Record<Combine, string>> = {
  updates: 'of updates',
  factors: 'of factors',
  ranks: 'of ranks side by side',
};

function checkCall({ recipe, method }: Participants, reading: Reading): readonly Finding[] {
  const { profile } = reading;
  const { combine } = recipe.adapters;
  const isSum = method.peft?.ranks !== undefined;
  if (profile === 'sd-scripts' ? !isSum : method.peft?.[combine] === undefined) {
    const message = `it has no ${method.title} ${doneTo[combine]}.`;
    return [refuse(reading, 'profile-method', message)];
  }
  const beyond =
    profile === 'sd-scripts' ? beyondValues(recipe, method) : beyondCall(recipe, method);
  if (beyond.length === 0) return [];
  return [refuse(reading, 'profile-beyond', `no call of it says this: ${beyond.join('; ')}.`)];
}

/** PEFT takes the first adapter's config for biases, DoRA and saved modules, and drops what was trained. */
function checkWhole(reading: Reading, names: readonly string[]): Finding {
  const which = names.length > 0 ? ` (${list(names)})` : '';
  const message = `it merges plain updates only, and there are whole weights, biases or DoRA${which}, which it would drop.`;
  return refuse(reading, 'profile-whole', message, names);
}

/** LoHa, LoKr, and updates of a fused weight's parts. */
function checkProducts(reading: Reading, modules: readonly Module[]): readonly Finding[] {
  const others = modules.flatMap((module) =>
    module.changes
      .filter((change) => productOf(change, module.rows) === null)
      .map((change) => ({ module, change })),
  );
  if (others.length === 0) return [];
  const [{ change }] = others;
  const names = others.map(({ module }) => module.name);
  const message = `it merges adapters of two factors only, and ${change.expert.model.name} has ${change.type} in ${count(names.length, 'module')} (${list(names)}) that is not one pair of factors.`;
  return [refuse(reading, 'profile-products', message, names)];
}

function checkRanks(
  { experts }: Participants,
  reading: Reading,
  modules: readonly Module[],
): readonly Finding[] {
  const ranks = experts.map(rankOf);
  const said = experts.map(({ model }, k) => `${model.name} ${ranks[k]}`).join(', ');
  const isPeft = reading.profile !== 'sd-scripts';
  if (isPeft && new Set(ranks).size > 1) {
    const message = `merging factors takes one rank for all, and there are ${said}: PEFT raises “All adapters must have the same r value”.`;
    return [refuse(reading, 'profile-ranks', message)];
  }
  const odd = modules.filter(({ rows, changes }) => {
    return new Set(changes.map((change) => productOf(change, rows)?.left.columns)).size > 1;
  });
  if (odd.length === 0) return [];
  const names = odd.map(({ name }) => name);
  const message = `merging factors takes one rank for all adapters, and in ${count(names.length, 'module')} (${list(names)}) they differ (${said}).`;
  return [refuse(reading, 'profile-ranks', message, names)];
}

/** PEFT's svd types know matrices, embeddings and Conv2d. */
function checkKernels(reading: Reading, modules: readonly Module[]): readonly Finding[] {
  if (reading.profile === 'sd-scripts' || reading.combine !== 'updates') return [];
  const odd = modules.filter(({ kernel }) => kernel.length === 1 || kernel.length === 3);
  if (odd.length === 0) return [];
  const names = odd.map(({ name }) => name);
  const message = `its svd types fail on Conv1d and Conv3d (${count(names.length, 'module')}: ${list(names)}).`;
  return [refuse(reading, 'profile-kernels', message, names)];
}
