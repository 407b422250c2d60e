/**
 * What the modules of one layout are in another's names. A fused module is several of them, one below the
 * other; where two layouts order the rows of one module differently, both are told by its halves.
 */

import type { Address } from './addresses.ts';
import { clipRules } from './layouts/clip.ts';
import { fluxRules } from './layouts/flux.ts';
import { llmRules } from './layouts/llm.ts';
import { spellings } from './layouts/spellings.ts';
import { unetRules } from './layouts/unet.ts';
import type { Cut, Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  ...unetRules,
  ...clipRules,
  ...fluxRules,
  ...llmRules,
  ...spellings,
];

/** What a module is made of, in common names; `like` is the sibling that the cut refers to. */
export type Parts = {
  readonly names: readonly string[];
  readonly cut: Cut | null;
  readonly like: string | null;
};

/** By a rule, or the module itself. Names are flat where the address is. */
export function partsOf({ name, flat, parts }: Address): Parts {
  const table = flat ? flatRules : dottedRules;
  const text = parts?.some((part) => part.startsWith('te')) ?? false;
  for (const { rule, pattern, fill } of table.get(firstWord(name)) ?? table.get('')!) {
    if (rule.onlyText && !text) continue;
    const match = pattern.exec(name);
    if (match === null) continue;
    const cut = rule.cut ?? null;
    return {
      names: rule.to.map((to) => fill(to, match)),
      cut,
      like: typeof cut === 'object' && cut ? fill(cut.like, match) : null,
    };
  }
  return { names: [name], cut: null, like: null };
}

const firstWord = (name: string) => /^[a-z]*/i.exec(name)![0];

const dottedRules = compiled(false);
const flatRules = compiled(true);

/** By the first word of a name, each with those that begin with anything behind; those alone under ''. */
function compiled(flat: boolean) {
  const all = rules.map((rule) => ({ rule, ...compile(rule, flat) }));
  const words = new Set(rules.map(({ from }) => firstWord(from)));
  const of = (word: string) => all.filter(({ rule }) => ['', word].includes(firstWord(rule.from)));
  return new Map([...words, ''].map((word) => [word, of(word)]));
}

/** `fill` writes a name in another pattern by what a match of `pattern` has found. */
export function compile({ from }: Pick<Rule, 'from'>, flat: boolean) {
  const spell = (text: string) => (flat ? text.replaceAll('.', '_') : text);
  const source = spell(from)
    .replaceAll('.', '\\.')
    .replaceAll('#', '(\\d+)')
    .replaceAll('*', '(.+)');
  const fill = (to: string, match: RegExpExecArray) => {
    let next = 1;
    return spell(to).replace(/[#*]/g, () => match[next++]);
  };
  return { pattern: new RegExp(`^${source}$`), fill };
}
