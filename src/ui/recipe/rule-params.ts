import type { MergeMethod } from '../../methods/method.ts';
import type { NumberParam } from '../../methods/params.ts';
import type { Rule } from '../../recipe/recipe.ts';

export type NumericParams = Readonly<Record<string, NumberParam>>;

/** Every number a rule may set, those of each model first. */
export function numericParams({ params }: MergeMethod): NumericParams {
  return Object.fromEntries(
    Object.entries({ ...params.perModel, ...params.global }).filter(
      (entry): entry is [string, NumberParam] => entry[1].kind === 'number',
    ),
  );
}

/** What a new rule, or gradient, says at first; null where the method has no number. */
export function firstRules(numeric: NumericParams) {
  const first = Object.entries(numeric)[0];
  if (!first) return null;
  const [parameter, param] = first;
  const draft = (value: Rule['value']): Omit<Rule, 'id'> => ({
    ...{ filter: { kind: 'group', group: 'mlp' }, parameter, model: null, value },
  });
  return {
    value: draft(param.default),
    gradient: draft([param.soft?.[0] ?? param.min, param.soft?.[1] ?? param.max]),
  };
}
