/** What a recipe says of one parameter, its value and its rules, as a setting of mergekit. */
import type { Rule } from '../recipe.ts';
import { filterText } from '../words.ts';
import type { Yaml } from './emit.ts';
import type { Amount, Condition } from './settings.ts';

export type Written = {
  readonly conditions: readonly Condition[];
  /** Null for what the next level says. */
  readonly otherwise: Amount | null;
  /** What mergekit cannot say, as clauses. */
  readonly beyond: readonly string[];
  /** What comes out the same for usual models only. */
  readonly remarks: readonly string[];
};

/** `rules` are those that speak of the parameter and the model; `value` holds where none does: null for the next level's. */
export function settingOf(rules: readonly Rule[], value: number | null): Written {
  const conditions: Condition[] = [];
  const beyond: string[] = [];
  const remarks: string[] = [];
  for (let k = 0; k < rules.length; k++) {
    const { filter, value: amount, parameter } = rules[k];
    const text = partOf(filter);
    const what = `the rule on ${filterText(filter)} for ${parameter}`;
    if (text === null) {
      beyond.push(`${what}: mergekit finds tensors by a part of their names only`);
      continue;
    }
    if (filter.kind === 'name') remarks.push(`${what} holds for all names with “${text}” in them.`);
    const isGradient = typeof amount === 'object';
    if (isGradient && amount.length === 0) continue;
    if (isGradient) {
      const next = rules[k + 1];
      const isPaired =
        next !== undefined && partOf(next.filter) === text && next.value === amount[0];
      const isLast = k === rules.length - 1 && value === amount[0];
      const differs = `${what}: mergekit takes a gradient’s first number outside the layers, too`;
      if (!isPaired && !isLast && text === '') beyond.push(differs);
      if (!isPaired && !isLast && text !== '') remarks.push(`${differs}, if names there match.`);
      if (isPaired) k += 1;
    }
    const single = isGradient && amount.length === 1 ? amount[0] : amount;
    if (text === '') return { conditions, otherwise: single, beyond, remarks };
    conditions.push({ filter: text, value: single });
  }
  return { conditions, otherwise: value, beyond, remarks };
}

/** A part of names that means the same tensors; null where there is none. mergekit reads * as all. */
function partOf(filter: Rule['filter']): string | null {
  switch (filter.kind) {
    case 'contains':
      return filter.text === '*' ? null : filter.text;
    case 'name':
      return filter.name === '*' || filter.name === '' ? null : filter.name;
    default:
      return null;
  }
}

export function settingYaml({
  conditions,
  otherwise,
}: Pick<Written, 'conditions' | 'otherwise'>): Yaml {
  const written = conditions.map(({ filter, value }) => ({ filter, value }));
  if (otherwise === null) return written;
  return written.length === 0 ? otherwise : [...written, { value: otherwise }];
}
