/** What of a recipe no recipe of mergekit says, apart from its parameters. */
import {
  type ArithmeticKey,
  arithmeticWords,
  type Dialect,
  resolveArithmetic,
} from '../../methods/dialect.ts';
import type { MergekitMethod } from '../../methods/in-mergekit.ts';
import { isIn, onIn } from '../../methods/mergekit.ts';
import { globalValues } from '../defaults.ts';
import type { Recipe } from '../recipe.ts';
import { nameOfVersion } from './version.ts';

/** Each as a clause: "two tensors are kept out of the merge". */
export function beyondMergekit(
  recipe: Recipe,
  method: MergekitMethod,
  version: Dialect,
): readonly string[] {
  const { keeps, renames, trimScope, head, output, experts } = recipe;
  const twice = new Set(experts.map(({ model }) => model.id)).size < experts.length;
  return [
    ...(isIn(version, method.mergekit.since)
      ? []
      : [`${nameOfVersion(version)} has no ${method.title}`]),
    ...beyondArithmetic(recipe, method, version),
    ...(recipe.slices ?? []).flatMap(({ arithmetic: own = {} }) =>
      beyondArithmetic(
        { ...recipe, arithmetic: { ...recipe.arithmetic, ...own } },
        method,
        version,
      ),
    ),
    ...beyondValues(recipe, method, version),
    ...(output.as === 'adapter' ? ['an adapter is written; mergekit writes whole models'] : []),
    ...(keeps.length > 0 ? ['tensors are kept out of the merge'] : []),
    ...(renames.length > 0 ? ['tensors are renamed'] : []),
    ...(trimScope === 'model' && method.trimsWholeModel
      ? ['one trim threshold is taken over the whole model; mergekit trims each tensor by itself']
      : []),
    ...(head === 'as config' ? [] : [`the head is written ${head}`]),
    ...(twice ? ['a model is there twice; mergekit takes it for one'] : []),
  ];
}

/** Choices that mergekit makes otherwise and has no parameter for. Where it rounds is told by its dtype. */
function beyondArithmetic(
  recipe: Recipe,
  method: MergekitMethod,
  version: Dialect,
): readonly string[] {
  const found = resolveArithmetic(recipe.dialect, method.exceptions, recipe.arithmetic);
  const own = resolveArithmetic(version, method.exceptions, {});
  const isSaid = (key: ArithmeticKey) =>
    Object.values(method.mergekit.parameters).some(
      (each) =>
        each.is === 'choice' &&
        each.key === key &&
        [onIn(each, version), each.off].includes(found[key]),
    );
  return method.choices
    .filter((key) => key !== 'work' && found[key] !== own[key] && !isSaid(key))
    .map((key) => {
      const { label, choices } = arithmeticWords[key];
      const named = choices as Readonly<Record<string, string>>;
      return `“${label}” is “${named[found[key]]}”, mergekit’s “${named[own[key]]}”`;
    });
}

/** Parameters of the merge that mergekit does not have. */
function beyondValues(recipe: Recipe, method: MergekitMethod, version: Dialect): readonly string[] {
  const found = globalValues(recipe, method);
  const defaults = { ...recipe, dialect: version, values: {} };
  const theirs = globalValues(defaults, method);
  return Object.entries(method.params.global).flatMap(([key, { kind, label }]) => {
    const parameter = Object.hasOwn(method.mergekit.parameters, key)
      ? method.mergekit.parameters[key]
      : null;
    const isGone = parameter?.is === 'value' && !isIn(version, parameter.since);
    const own = isGone ? parameter.default : theirs[key];
    const isSaid = (parameter !== null && !isGone) || kind === 'seed';
    const turns = kind === 'choice' && method.mergekit.base === 'turns';
    if (isSaid || turns) return [];
    if (recipe.rules.some(({ parameter }) => parameter === key)) {
      return [`rules say what ${label} is, which mergekit has no word for`];
    }
    if (found[key] === own) return [];
    return [`${label} is ${String(found[key])}, mergekit’s is ${String(own)}`];
  });
}
