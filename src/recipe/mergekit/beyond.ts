/** What of a recipe no recipe of mergekit says, apart from its parameters. */
import { type ArithmeticKey, arithmeticWords, resolveArithmetic } from '../../methods/dialect.ts';
import type { MergekitMethod } from '../../methods/in-mergekit.ts';
import { globalValues } from '../defaults.ts';
import type { Recipe } from '../recipe.ts';

/** Each as a clause: "two tensors are kept out of the merge". */
export function beyondMergekit(recipe: Recipe, method: MergekitMethod): readonly string[] {
  const { keeps, renames, trimScope, head, output, experts } = recipe;
  const twice = new Set(experts.map(({ model }) => model.id)).size < experts.length;
  return [
    ...beyondArithmetic(recipe, method),
    ...beyondValues(recipe, method),
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
function beyondArithmetic(recipe: Recipe, method: MergekitMethod): readonly string[] {
  const found = resolveArithmetic(recipe.dialect, method.exceptions, recipe.arithmetic);
  const own = resolveArithmetic('mergekit', method.exceptions, {});
  const isSaid = (key: ArithmeticKey) =>
    Object.values(method.mergekit.parameters).some(
      (each) =>
        each.is === 'choice' && each.key === key && [each.on, each.off].includes(found[key]),
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
function beyondValues(recipe: Recipe, method: MergekitMethod): readonly string[] {
  const found = globalValues(recipe, method);
  const defaults = { ...recipe, dialect: 'mergekit', values: {} } as const;
  const theirs = globalValues(defaults, method);
  return Object.entries(method.params.global).flatMap(([key, { kind, label }]) => {
    const own = theirs[key];
    const isSaid = Object.hasOwn(method.mergekit.parameters, key) || kind === 'seed';
    const turns = kind === 'choice' && method.mergekit.base === 'turns';
    if (isSaid || turns) return [];
    if (recipe.rules.some(({ parameter }) => parameter === key)) {
      return [`rules say what ${label} is, which mergekit has no word for`];
    }
    if (found[key] === own) return [];
    return [`${label} is ${String(found[key])}, mergekit’s is ${String(own)}`];
  });
}
