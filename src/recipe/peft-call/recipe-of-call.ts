/** A call of PEFT's `add_weighted_adapter` as a recipe of adapters that are open. */
import { combinationTypes } from '../../methods/combination.ts';
import { emptyRecipe } from '../defaults.ts';
import type { ModelRef, Profile, Recipe } from '../recipe.ts';
import type { PeftCall } from './read-call.ts';

/** An adapter that a recipe may name. */
export type OpenAdapter = {
  readonly ref: ModelRef;
  /** The largest of its modules; null where it has no factors. */
  readonly rank: number | null;
};

export type CalledRecipe =
  | { readonly recipe: Recipe; readonly remarks: readonly string[] }
  | { readonly problem: string };

/** What an output's folder may not have in its name. */
const unsafe = /[\\/:*?"<>|]/g;

/**
 * Adapters are those of the call's names; where a name is nobody's, all are taken in the order in which they are
 * open, if they are as many. `corrected` cuts to a rank only where the call does: svd types to theirs.
 */
export function recipeOfCall(
  call: PeftCall,
  profile: Profile,
  open: readonly OpenAdapter[],
  before: Recipe,
): CalledRecipe {
  const met = meet(call.adapters, open);
  if ('problem' in met) return met;
  const { method, combine } = combinationTypes.get(call.type)!;
  const isCut = combine === 'updates';
  const isCorrected = profile === 'corrected';
  const ranks = met.adapters.map(({ rank }) => rank ?? 1);
  const rank = call.rank ?? (isCorrected && isCut ? Math.max(...ranks) : null);
  const density = call.density === null ? {} : { density: call.density };
  const recipe: Recipe = {
    ...emptyRecipe(),
    ...{ method: method.id, dialect: 'peft', base: before.base },
    arithmetic: call.election === 'frequency' ? { election: 'frequency' } : {},
    experts: met.adapters.map(({ ref }, k) => ({
      model: ref,
      values: { weight: call.weights[k], ...density },
    })),
    adapters: { profile, combine: isCorrected ? 'updates' : combine, clamp: call.clamp },
    output: {
      ...before.output,
      name: call.name.replace(unsafe, '-').replace(/^\.+/, '') || 'merged',
      as: 'adapter',
      rank: rank === null ? null : { kind: 'rank', rank, convolutions: null },
    },
  };
  const remarks = [
    ...met.remarks,
    ...(call.idle.length > 0 ? [`${call.type} does not use ${call.idle.join(', ')}.`] : []),
    ...(isCorrected && combine === 'factors'
      ? [
          `Of the updates instead of their factors, and of all their ranks together: no cross terms.`,
        ]
      : []),
  ];
  return { recipe, remarks };
}

type Met = { readonly adapters: readonly OpenAdapter[]; readonly remarks: readonly string[] };

function meet(names: readonly string[], open: readonly OpenAdapter[]): Met | { problem: string } {
  const byName = names.map((name) => open.filter(({ ref }) => isCalled(ref, name)));
  const chosen = byName.flatMap((found) => (found.length === 1 ? found : []));
  if (chosen.length === names.length && new Set(chosen).size === names.length) {
    return { adapters: chosen, remarks: [] };
  }
  const called = names.map((name) => `“${name}”`).join(', ');
  const are = open.map(({ ref }) => ref.name).join(', ') || 'none';
  if (open.length !== names.length) {
    return {
      problem: `The call names ${called}, and the adapters among the experts are ${are}. Drop those that the call means, or name them in it as they are called here.`,
    };
  }
  const pairs = names.map((name, k) => `“${name}” is ${open[k].ref.name}`);
  return { adapters: open, remarks: [`By their order: ${pairs.join(', ')}.`] };
}

/** A name, the last part of a path or of a repo, in any case. */
function isCalled({ name }: ModelRef, wanted: string): boolean {
  const last = (path: string) => path.replace(/\/+$/, '').split('/').pop()!.toLowerCase();
  return last(name) === last(wanted);
}
