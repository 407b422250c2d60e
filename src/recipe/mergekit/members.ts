/** Who is the base and who the experts, by what `base_model` is to the method. */

import type { MergekitModel, MergekitRecipe } from './read.ts';
import { isSame, nameOf, type Reference } from './reference.ts';
import { MergekitError, type Remarks } from './remarks.ts';

export type Members = {
  readonly base: Reference | null;
  readonly experts: readonly MergekitModel[];
  /** Whose small files the output takes; null for the default. */
  readonly donor: Reference | null;
};

/** Throws MergekitError where there is no such merge. */
export function membersOf(recipe: MergekitRecipe, remarks: Remarks): Members {
  const found = byRole(recipe, remarks);
  const { least, most } = {
    least: recipe.method.arity.models[0],
    most: recipe.method.arity.models[1],
  };
  const count = found.experts.length;
  // Of slices each has its own: the plan counts them.
  if (recipe.slices === null && (count < least || count > most)) {
    const expected =
      least === most ? `${least}` : count < least ? `at least ${least}` : `at most ${most}`;
    const beside = found.base ? ' beside the base' : '';
    const what = `${recipe.method.id} takes ${expected} ${expected.endsWith('1') ? 'model' : 'models'}${beside}, and the recipe has ${count}: mergekit stops`;
    throw new MergekitError(what, recipe.at);
  }
  return withHost(found);
}

function byRole(recipe: MergekitRecipe, remarks: Remarks): Members {
  const { method, models, base } = recipe;
  const role = method.mergekit.base;
  const others = models.filter(({ model }) => !base || !isSame(model, base));
  const listed = models.find(({ model }) => base && isSame(model, base));
  const asModel = (model: Reference): MergekitModel =>
    listed ?? { model, settings: new Map(), ownAt: null };
  if (!base && (role === 'base' || role === 'first')) {
    throw new MergekitError(`${method.id} needs a base_model`, recipe.at);
  }
  switch (role) {
    case 'base':
    case 'turns':
      if (listed?.ownAt && role === 'base') {
        remarks.add('ignored', listed.ownAt, 'Parameters of the base have no effect.');
      }
      return { base, experts: others, donor: null };
    case 'first':
      return { base: null, experts: [asModel(base!), ...others], donor: null };
    case 'among':
      return {
        base: null,
        experts: listed || !base || recipe.slices ? models : [...models, asModel(base)],
        donor: base,
      };
    case 'listed':
      if (base && !listed) {
        const what = `base_model ${nameOf(base)} is not among the models, which ${method.id} stops at; it is left out.`;
        remarks.add('refused', base.at, what);
      }
      return { base: null, experts: models, donor: listed ? base : null };
    default:
      return role satisfies never;
  }
}

/** Adapters are changes of one model, which is the base. */
function withHost(members: Members): Members {
  const { base, experts } = members;
  if (base?.adapter) {
    throw new MergekitError('An adapter on the base cannot be expressed here yet', base.at);
  }
  const adapted = experts.filter(({ model }) => model.adapter !== null);
  if (adapted.length === 0) return members;
  const hosts = adapted.map(({ model }): Reference => ({ ...model, adapter: null }));
  const host = base ?? hosts[0];
  const other = hosts.find((each) => !isSame(each, host));
  if (other) {
    const what = `An adapter on ${nameOf(other)} beside ${nameOf(host)}: adapters of more than one model cannot be expressed here yet`;
    throw new MergekitError(what, other.at);
  }
  return { ...members, base: host };
}
