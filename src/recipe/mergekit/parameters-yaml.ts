/** Values and rules as mergekit's `parameters`. */
import type { MergekitMethod } from '../../methods/in-mergekit.ts';
import type { ParamValue } from '../../methods/params.ts';
import type { Rule } from '../recipe.ts';
import type { Yaml } from './emit.ts';
import { settingOf, settingYaml } from './to-setting.ts';

export type Notes = { readonly beyond: string[]; readonly remarks: string[] };

export const under = (parameters: Record<string, Yaml>): Record<string, Yaml> =>
  Object.keys(parameters).length === 0 ? {} : { parameters };

/** Parameters of one model, or of the merge for null, where they are not mergekit’s own default. */
export function parametersOf(
  rules: readonly Rule[],
  method: MergekitMethod,
  values: Readonly<Record<string, ParamValue>>,
  model: string | null,
  { beyond, remarks }: Notes,
): Record<string, Yaml> {
  const schema = model === null ? method.params.global : method.params.perModel;
  const written: Record<string, Yaml> = {};
  for (const [name, parameter] of Object.entries(method.mergekit.parameters)) {
    if (parameter.is !== 'value' || !Object.hasOwn(schema, name)) continue;
    const value = values[name];
    if (typeof value !== 'number') {
      if (value !== parameter.default) written[name] = value;
      continue;
    }
    const setting = settingOf(rulesOn(name, model, rules), value);
    beyond.push(...setting.beyond);
    remarks.push(...setting.remarks);
    const isDefault = setting.conditions.length === 0 && setting.otherwise === parameter.default;
    if (!isDefault) written[name] = settingYaml(setting);
  }
  return written;
}

/** What a slice says itself of parameters of one model, or of the merge for null: all else is the recipe's. */
export function ownParameters(
  rules: readonly Rule[],
  method: MergekitMethod,
  values: Readonly<Record<string, ParamValue>>,
  model: string | null,
  { beyond, remarks }: Notes,
): Record<string, Yaml> {
  const schema = model === null ? method.params.global : method.params.perModel;
  const written: Record<string, Yaml> = {};
  for (const [name, parameter] of Object.entries(method.mergekit.parameters)) {
    if (parameter.is !== 'value' || !Object.hasOwn(schema, name)) continue;
    const value = values[name] ?? null;
    if (value !== null && typeof value !== 'number') {
      written[name] = value;
      continue;
    }
    const setting = settingOf(rulesOn(name, model, rules), value);
    beyond.push(...setting.beyond);
    remarks.push(...setting.remarks);
    if (setting.conditions.length > 0 || setting.otherwise !== null)
      written[name] = settingYaml(setting);
  }
  return written;
}

const rulesOn = (name: string, model: string | null, rules: readonly Rule[]) =>
  rules.filter((rule) => rule.parameter === name && (rule.model === null || rule.model === model));
