/** Rules that cannot be read, or that change nothing. */
import type { MergeMethod } from '../../methods/method.ts';
import { misfit, type Param, unusual } from '../../methods/params.ts';
import type { Recipe, Rule } from '../../recipe/recipe.ts';
import { filterText } from '../../recipe/words.ts';
import { error, note, warning } from '../finding.ts';
import type { Matching } from '../match.ts';
import type { Participants } from '../participants.ts';
import { ruleValue } from '../resolve.ts';
import type { Finding } from '../types.ts';
import { unusualText } from './values.ts';

/** What can be said about rules without models. */
export function checkRules(recipe: Recipe, method: MergeMethod): readonly Finding[] {
  return recipe.rules.flatMap((rule) => checkRule(rule, recipe, method));
}

function checkRule(rule: Rule, recipe: Recipe, method: MergeMethod): readonly Finding[] {
  const { global, perModel } = method.params;
  const { parameter } = rule;
  const param = global[parameter] ?? perModel[parameter];
  const details = { place: { parameter }, fixes: [removeRule(rule)] };
  if (param?.kind !== 'number') {
    const why = param ? 'is not a number' : `is not a parameter of ${method.title}`;
    const message = `The rule on ${filterText(rule.filter)} sets ${parameter}, which ${why}: it does nothing.`;
    return [warning('rule-unknown-parameter', message, 'Remove it or set another one.', details)];
  }
  const anchors = typeof rule.value === 'number' ? [rule.value] : rule.value;
  const why =
    anchors.length === 0
      ? `${param.label} has a gradient without anchors`
      : anchors.map((value) => misfit(param, value)).find((reason) => reason !== null);
  if (why) {
    const message = `The rule on ${filterText(rule.filter)} does not fit: ${why}.`;
    return [error('rule-misfit', message, 'Choose a value within the limits.', details)];
  }
  return [...checkUnusual(rule, param, anchors), ...checkModel(rule, recipe, method)];
}

function checkUnusual(rule: Rule, param: Param, anchors: readonly number[]): readonly Finding[] {
  const value = anchors.find((anchor) => unusual(param, anchor) !== null);
  const beyond = unusual(param, value);
  if (beyond === null) return [];
  const message = `The rule on ${filterText(rule.filter)}: ${unusualText(param, value)}.`;
  return [note('value-unusual', message, beyond, { place: { parameter: rule.parameter } })];
}

function checkModel(rule: Rule, recipe: Recipe, method: MergeMethod): readonly Finding[] {
  const { parameter } = rule;
  const { perModel } = method.params;
  const details = { place: { parameter }, fixes: [removeRule(rule)] };
  if (rule.model === null) return [];
  const isExpert = recipe.experts.some(({ model }) => model.id === rule.model);
  if (!isExpert) {
    const message = `The rule on ${filterText(rule.filter)} is for a model that is not among the experts: it does nothing.`;
    return [warning('rule-unknown-model', message, 'Remove it or choose an expert.', details)];
  }
  if (Object.hasOwn(perModel, parameter)) return [];
  const message = `The rule on ${filterText(rule.filter)} sets ${parameter} for one model, but ${parameter} holds for all: it does nothing.`;
  return [warning('rule-unknown-model', message, 'Make it a rule for all models.', details)];
}

/** What can be said about rules once the tensors are known. */
export function checkRuleMatches(who: Participants, matching: Matching): readonly Finding[] {
  const { recipe, method } = who;
  const merged = matching.matches.filter(({ meetings }) => meetings.length > 0);
  return recipe.rules.flatMap((rule): readonly Finding[] => {
    const place = { parameter: rule.parameter };
    const applies = merged.some(({ entry, place, meetings }) => {
      // Layers that are rearranged have other names in their models.
      const own = who.stack ? meetings.map((meeting) => meeting.entry.name) : [];
      return [entry.name, ...own].some(
        (name) => ruleValue(rule, name, place, matching.depths) !== null,
      );
    });
    if (!applies) {
      const [why, advice] = whyNothing(rule);
      const message = `The rule on ${filterText(rule.filter)} matches ${why}: it does nothing.`;
      return [
        warning('rule-matches-nothing', message, advice, { place, fixes: [removeRule(rule)] }),
      ];
    }
    if (recipe.trimScope === 'model' && rule.parameter === 'density' && method.trimsWholeModel) {
      const message = `The rule on ${filterText(rule.filter)} sets density, but one threshold over the whole model takes each model’s own density.`;
      const advice = 'Trim per tensor to use rules on density.';
      return [
        warning('rule-density-ignored', message, advice, { place, fixes: [removeRule(rule)] }),
      ];
    }
    return [];
  });
}

const LETTERS = 'Look at the tensor names; letters count as they are written.';

function whyNothing({ filter, value }: Rule): readonly [why: string, advice: string] {
  if (typeof value === 'number') return ['no merged tensor', LETTERS];
  if (filter.kind !== 'blocks') {
    return ['no merged tensor inside the layers; a gradient needs layers', LETTERS];
  }
  return [
    `no merged tensor: none lies in one of these ${value.length} blocks`,
    'Blocks are those of Stable Diffusion and Flux. Another number of them may suit, or a gradient over depth.',
  ];
}

function removeRule(rule: Rule) {
  return { kind: 'remove-rule', label: 'Remove the rule', rule: rule.id } as const;
}
