/** Choices of the dialect that mergekit has a parameter for. */
import { type Arithmetic, type Dialect, resolveArithmetic } from '../../methods/dialect.ts';
import type { MergekitMethod } from '../../methods/in-mergekit.ts';
import { onIn } from '../../methods/mergekit.ts';
import type { Recipe } from '../recipe.ts';

/** Those of the merge that are not mergekit's own. */
export function choicesOf(
  { dialect, arithmetic }: Pick<Recipe, 'dialect' | 'arithmetic'>,
  method: MergekitMethod,
  version: Dialect,
): Record<string, boolean> {
  const found = resolveArithmetic(dialect, method.exceptions, arithmetic);
  return Object.fromEntries(
    choicesIn(found, method, version).flatMap(([name, isOn, standard]) =>
      isOn === standard ? [] : [[name, isOn]],
    ),
  );
}

/** Those that a slice makes itself. */
export function ownChoices(
  arithmetic: Partial<Arithmetic>,
  method: MergekitMethod,
  version: Dialect,
): Record<string, boolean> {
  return Object.fromEntries(
    choicesIn(arithmetic, method, version).map(([name, isOn]) => [name, isOn]),
  );
}

function choicesIn(arithmetic: Partial<Arithmetic>, method: MergekitMethod, version: Dialect) {
  return Object.entries(method.mergekit.parameters).flatMap(([name, parameter]) => {
    if (parameter.is !== 'choice' || !(parameter.key in arithmetic)) return [];
    return [
      [name, arithmetic[parameter.key] === onIn(parameter, version), parameter.default] as const,
    ];
  });
}
