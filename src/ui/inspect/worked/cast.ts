/** Who plays in the figure: elements of the recipe's own models, or made-up numbers under their names. */
import { type Arithmetic, resolveArithmetic } from '../../../methods/dialect.ts';
import type { Excerpt } from '../../../methods/excerpt.ts';
import { madeUpChanges } from '../../../methods/made-up.ts';
import type { MergeMethod } from '../../../methods/method.ts';
import { defaultsOf, type ParamValue } from '../../../methods/params.ts';
import type { Example } from '../../../methods/worked.ts';
import { placeOf } from '../../../plan/groups.ts';
import { resolveExpert, resolveGlobal } from '../../../plan/resolve.ts';
import { expertValues, globalValues } from '../../../recipe/defaults.ts';
import type { Recipe } from '../../../recipe/recipe.ts';

/** What a person tries in the figure, apart from the recipe. */
export type Tried = {
  readonly arithmetic: Partial<Arithmetic>;
  readonly values: Readonly<Record<string, ParamValue>>;
  readonly trimScope?: Recipe['trimScope'];
};

export const nothingTried: Tried = { arithmetic: {}, values: {} };

export type Cast = Omit<Example, 'changes'> & {
  readonly names: readonly string[];
  /** What a trim is one threshold of; null where nothing is trimmed, or there is no whole model to trim. */
  readonly trimScope: Recipe['trimScope'] | null;
  /** By model, before rules. */
  readonly densities: readonly number[];
};

/** Whether the method can merge the models that the elements are from. */
export function fits(method: MergeMethod, recipe: Recipe, excerpt: Excerpt | null): boolean {
  if (excerpt === null) return false;
  const [least, most] = method.arity.models;
  const { ordinals } = excerpt;
  return (
    ordinals.length >= least &&
    ordinals.length <= most &&
    ordinals.every((ordinal) => ordinal < recipe.experts.length)
  );
}

/** The tensor's own models with what the recipe and its rules say of it. */
export function realCast(method: MergeMethod, recipe: Recipe, excerpt: Excerpt): Cast {
  const { tensor, layers, ordinals } = excerpt;
  const place = placeOf(tensor);
  const located = { name: tensor, place, depths: new Map([[place.stack ?? '', layers]]) };
  const experts = ordinals.map((ordinal) => recipe.experts[ordinal]);
  const densities = experts.map((expert) =>
    Number(expertValues(recipe, method, expert)['density']),
  );
  const trimScope = method.trimsWholeModel ? recipe.trimScope : null;
  return {
    method,
    excerpt,
    densities,
    trimScope,
    wholeDensities: trimScope === 'model' ? densities : null,
    names: experts.map(({ model }) => model.name),
    perModel: experts.map((expert) =>
      resolveExpert(
        expertValues(recipe, method, expert),
        method,
        recipe.rules,
        expert.model.id,
        located,
      ),
    ),
    global: resolveGlobal(globalValues(recipe, method), method, recipe.rules, located),
    arithmetic: arithmeticOf(method, recipe),
  };
}

/** Up to four of the recipe's experts with their values; three invented ones when there are none. */
export function madeUpCast(method: MergeMethod, recipe: Recipe): Cast {
  const most = Math.min(method.arity.models[1], madeUpOf(method).length);
  const experts = recipe.experts.slice(0, most);
  const invented = ['A', 'B', 'C'].slice(0, most);
  const enough = experts.length >= Math.min(method.arity.models[0], most) && experts.length > 0;
  return {
    method,
    names: enough ? experts.map(({ model }) => model.name) : invented,
    perModel: enough
      ? experts.map((expert) => expertValues(recipe, method, expert))
      : invented.map(() => defaultsOf(method.params.perModel)),
    global: globalValues(recipe, method),
    arithmetic: arithmeticOf(method, recipe),
    trimScope: null,
    densities: [],
  };
}

export function madeUpOf(method: MergeMethod): readonly (readonly number[])[] {
  return method.figure?.changes ?? madeUpChanges;
}

export function withTried(cast: Cast, tried: Tried): Cast {
  const { arithmetic, values } = tried;
  const trimScope = cast.trimScope && (tried.trimScope ?? cast.trimScope);
  return {
    ...cast,
    trimScope,
    wholeDensities: trimScope === 'model' ? cast.densities : null,
    arithmetic: { ...cast.arithmetic, ...arithmetic },
    global: { ...cast.global, ...values },
  };
}

function arithmeticOf(method: MergeMethod, recipe: Recipe): Arithmetic {
  return resolveArithmetic(recipe.dialect, method.exceptions, recipe.arithmetic);
}
