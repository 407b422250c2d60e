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
export const parametersOf = writer((standard) => standard);

/** What a slice says itself of parameters of one model, or of the merge for null: all else is the recipe's. */
export const ownParameters = writer(() => null);

/** Writes parameters where they are not what holds without a word: `unsaid` tells it of mergekit's default, null for nothing. */
function writer(unsaid: (standard: number | boolean | null) => number | boolean | null) {
  return (
    rules: readonly Rule[],
    method: MergekitMethod,
    values: Readonly<Record<string, ParamValue>>,
    model: string | null,
    { beyond, remarks }: Notes,
  ): Record<string, Yaml> => {
    const schema = model === null ? method.params.global : method.params.perModel;
    const written: Record<string, Yaml> = {};
    for (const [name, parameter] of Object.entries(method.mergekit.parameters)) {
      if (parameter.is !== 'value' || !Object.hasOwn(schema, name)) continue;
      const [value, standard] = [values[name] ?? null, unsaid(parameter.default)];
      if (value !== null && typeof value !== 'number') {
        if (value !== standard) written[name] = value;
        continue;
      }
      const setting = settingOf(rulesOn(name, model, rules), value);
      beyond.push(...setting.beyond);
      remarks.push(...setting.remarks);
      const isUnsaid = setting.conditions.length === 0 && setting.otherwise === standard;
      if (!isUnsaid) written[name] = settingYaml(setting);
    }
    return written;
  };
}

const rulesOn = (name: string, model: string | null, rules: readonly Rule[]) =>
  rules.filter((rule) => rule.parameter === name && (rule.model === null || rule.model === model));
