/** One parameter's setting as a value and rules. */
import type { MergekitParameter } from '../../methods/mergekit.ts';
import { misfit, type Param, type ParamValue } from '../../methods/params.ts';
import type { Rule } from '../recipe.ts';
import type { MergekitRecipe, Settings } from './read.ts';
import { nameOf, type Reference } from './reference.ts';
import { MergekitError, type Remarks } from './remarks.ts';
import type { Amount, Setting } from './settings.ts';

export type RuleDraft = Omit<Rule, 'id'>;
export type Own = {
  readonly value: ParamValue | null;
  readonly rules: readonly Omit<RuleDraft, 'model'>[];
};

/** One parameter: what holds for all tensors, where that is not the standard here, and rules for the others. */
export function ownOf(
  name: string,
  parameter: Extract<MergekitParameter, { is: 'value' }>,
  param: Param,
  settings: Settings,
  standard: ParamValue,
  { method, at }: MergekitRecipe,
  of: Reference | null,
  remarks: Remarks,
): Own {
  const setting = settings.get(name) ?? null;
  const whose = of ? ` of ${nameOf(of)}` : '';
  if (parameter.default === null && (setting?.otherwise ?? null) === null) {
    const where = setting ? ' on tensors that match no filter' : '';
    const what = `${method.id} needs ${name}${whose}${where}, and mergekit stops without it; here it is ${standard}.`;
    remarks.add('refused', setting?.at ?? of?.at ?? at, what);
  }
  if (!setting) {
    return but(standard, parameter.default, []);
  }
  if (param.kind === 'toggle')
    return but(standard, toggleOf(name, setting, parameter.default === true, remarks), []);
  const otherwise = setting.otherwise ?? parameter.default ?? standard;
  const rules = [
    ...setting.conditions.flatMap(({ filter, value }) => rulesOf(name, filter, value)),
    ...(isGradient(setting.otherwise) ? rulesOf(name, '', setting.otherwise).slice(0, 1) : []),
  ];
  const value = isGradient(setting.otherwise) ? setting.otherwise[0] : Number(otherwise);
  checked(`${name}${whose}`, param, [value, ...rules.flatMap((rule) => rule.value)], setting);
  return but(standard, value, rules);
}

/** What is the standard goes without saying. */
const but = (standard: ParamValue, value: ParamValue | null, rules: Own['rules']): Own => ({
  value: value === standard ? null : value,
  rules,
});

/** Throws MergekitError where a parameter has no such values. */
export function checked(
  what: string,
  param: Param,
  values: readonly number[],
  { at }: Pick<Setting, 'at'>,
): void {
  const why = values.map((value) => misfit(param, value)).find((each) => each !== null);
  if (why) throw new MergekitError(`${what}: ${why}`, at);
}

export const isGradient = (amount: Amount | null): amount is readonly number[] =>
  typeof amount === 'object' && amount !== null;

/** Outside the layers mergekit takes a gradient's first anchor; here a gradient does not hold there. */
export function rulesOf(
  parameter: string,
  filter: string,
  value: Amount,
): readonly Omit<RuleDraft, 'model'>[] {
  const rule = { filter: { kind: 'contains', text: filter }, parameter } as const;
  return isGradient(value)
    ? [
        { ...rule, value },
        { ...rule, value: value[0] },
      ]
    : [{ ...rule, value }];
}

/** Yes or no for the whole merge. */
export function toggleOf(
  name: string,
  { conditions, otherwise, at }: Setting,
  standard: boolean,
  remarks: Remarks,
): boolean {
  const isSplit = conditions.length > 0 || isGradient(otherwise);
  if (isSplit) {
    remarks.add(
      'left out',
      at,
      `${name} differs between tensors, which cannot be expressed here: it is one for all.`,
    );
  }
  if (otherwise === null) return standard;
  return (isGradient(otherwise) ? otherwise[0] : otherwise) !== 0;
}
