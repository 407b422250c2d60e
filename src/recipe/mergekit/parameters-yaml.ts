/** Values and rules as mergekit's `parameters`. */
import type { MergekitMethod } from '../../methods/in-mergekit.ts';
import type { ParamValue } from '../../methods/params.ts';
import type { Rule } from '../recipe.ts';
import type { Yaml } from './emit.ts';
import { settingOf, settingYaml } from './to-setting.ts';

export type Notes = { readonly beyond: string[]; readonly remarks: string[] };

export const under = (parameters: Record<string, Yaml>): Record<string, Yaml> =>
  Object.keys(parameters).length === 0 ? {} : { parameters };

/**
 * Parameters of one model, or of the merge for null, where they are not mergekit’s own default; or those of `needed`
 * alone, whatever they are.
 */
export function parametersOf(
  rules: readonly Rule[],
  method: MergekitMethod,
  values: Readonly<Record<string, ParamValue>>,
  model: string | null,
  { beyond, remarks }: Notes,
  needed: readonly string[] | null = null,
): Record<string, Yaml> {
  const schema = model === null ? method.params.global : method.params.perModel;
  const written: Record<string, Yaml> = {};
  for (const [name, parameter] of Object.entries(method.mergekit.parameters)) {
    if (parameter.is !== 'value' || !Object.hasOwn(schema, name)) continue;
    const isNeeded = needed?.includes(name) ?? false;
    if (needed !== null && !isNeeded) continue;
    const value = values[name];
    if (typeof value !== 'number') {
      if (isNeeded || value !== parameter.default) written[name] = value;
      continue;
    }
    const own = rules.filter(
      (rule) => rule.parameter === name && (rule.model === null || rule.model === model),
    );
    const setting = settingOf(own, value);
    beyond.push(...setting.beyond);
    remarks.push(...setting.remarks);
    const isDefault = setting.conditions.length === 0 && setting.otherwise === parameter.default;
    if (isNeeded || !isDefault) written[name] = settingYaml(setting);
  }
  return written;
}
