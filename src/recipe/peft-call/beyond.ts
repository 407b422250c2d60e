/** What of a recipe no call of PEFT's `add_weighted_adapter` says. */
import { type ArithmeticKey, arithmeticWords, resolveArithmetic } from '../../methods/dialect.ts';
import type { MergeMethod } from '../../methods/method.ts';
import { defaultsOf } from '../../methods/params.ts';
import { expertValues, globalValues, withMethod } from '../defaults.ts';
import type { Recipe } from '../recipe.ts';

/** What is beyond a call, each as a clause without its full stop: "λ is 0.8, PEFT's is 1". */
export function beyondCall(recipe: Recipe, method: MergeMethod): readonly string[] {
  const { rules, keeps, renames, trimScope, inputDtype, output } = recipe;
  const isByValues = output.rank !== null && output.rank.kind !== 'rank';
  const isSplit = output.rank?.kind === 'rank' && output.rank.convolutions !== null;
  return [
    ...(isByValues ? ['the rank goes by singular values'] : []),
    ...(isSplit ? ['convolutions have a rank of their own'] : []),
    ...beyondArithmetic(recipe, method),
    ...beyondValues(recipe, method),
    ...(rules.length > 0 ? ['rules give tensors values of their own'] : []),
    ...(keeps.length > 0 ? ['rules keep tensors out of the merge'] : []),
    ...(renames.length > 0 ? ['tensors are renamed'] : []),
    ...(trimScope === 'model' ? ['one trim threshold is taken over all tensors'] : []),
    ...(inputDtype === 'stored' ? [] : [`inputs are rounded to ${inputDtype}`]),
  ];
}

/** Parameters that PEFT's merge does not have, or has once for all adapters. */
export function beyondValues(recipe: Recipe, method: MergeMethod): readonly string[] {
  const found = globalValues(recipe, method);
  const expected = globalValues(
    { ...withMethod(recipe, method.id), dialect: 'peft', values: {} },
    method,
  );
  const own = Object.entries(method.params.global).flatMap(([key, { kind, label }]) =>
    kind === 'seed' || found[key] === expected[key]
      ? []
      : [`${label} is ${String(found[key])}, PEFT’s is ${String(expected[key])}`],
  );
  const values = recipe.experts.map((expert) => expertValues(recipe, method, expert));
  const each = Object.keys(defaultsOf(method.params.perModel)).filter((key) => key !== 'weight');
  const unequal = each.filter((key) => new Set(values.map((one) => one[key])).size > 1);
  return [
    ...own,
    ...unequal.map(
      (key) =>
        `each adapter has its own ${method.params.perModel[key].label}, PEFT has one for all`,
    ),
  ];
}

/** Choices that PEFT makes otherwise. Its call says whether an election is by total or frequency; it has no other. */
function beyondArithmetic(recipe: Recipe, method: MergeMethod): readonly string[] {
  const { exceptions } = method;
  const found = resolveArithmetic(recipe.dialect, exceptions, recipe.arithmetic);
  const expected = resolveArithmetic('peft', exceptions, {});
  const isSaid = (key: ArithmeticKey) => key === 'election' && found.election !== 'unanimous';
  const differ = (key: ArithmeticKey) => !isSaid(key) && found[key] !== expected[key];
  return method.choices.filter(differ).map((key) => {
    const { label, choices } = arithmeticWords[key];
    const named = choices as Readonly<Record<string, string>>;
    return `“${label}” is “${named[found[key]]}”, PEFT’s “${named[expected[key]]}”`;
  });
}
