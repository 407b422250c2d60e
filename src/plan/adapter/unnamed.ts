/** Weights that the chosen naming has no name for, and rules that tell apart what it has in one. */
import { styleWords } from '../../lora/name/naming.ts';
import { type AdapterNaming, adapterNamings } from '../../recipe/recipe.ts';
import { count, error, list } from '../finding.ts';
import type { Participants } from '../participants.ts';
import type { Finding, Fix } from '../types.ts';
import type { Split } from './jobs.ts';
import type { Module } from './modules.ts';
import { type Named, namedIn, type Unnamed } from './named.ts';
import { styleFor } from './style.ts';

/** As they go on in "X has no name in kohya’s naming: …". */
const reasons: Readonly<Record<Unnamed, string>> = {
  dots: 'nothing tells which of its underscores were dots',
  'no such module': 'it is none of a model whose names are known in it',
  'other model': 'a file of PEFT is of one model, and these are of several',
  twice: 'another weight has that name',
  rows: 'it is fused with others there, and has other rows than they leave it',
  apart: 'it is fused with others there, or cut, and what is taken from whole weights is not',
  embedding: 'only PEFT has names for the update of an embedding',
  'fan in': 'its weight lies inputs × outputs, which only PEFT’s config can say',
};

export function checkNames(
  who: Participants,
  modules: readonly Module[],
  { unnamed }: Named,
): readonly Finding[] {
  if (unnamed.length === 0) return [];
  const [first] = unnamed;
  const names = unnamed.map(({ name }) => name);
  const message = `${count(names.length, 'weight')} (${list(names)}) ${names.length === 1 ? 'has' : 'have'} no name in ${styleWords[styleFor(who)]}: of ${first.name}, ${reasons[first.why]}.`;
  const fixes = othersFor(who, modules);
  const base = who.recipe.base === null ? 'choose the base, whose names may tell' : 'write a model';
  const advice =
    fixes.length > 0 ? `Choose another naming, or ${base}.` : `No naming has all of them: ${base}.`;
  return [error('adapter-unnamed', message, advice, { tensors: names, fixes })];
}

/** Namings that have names for all. */
function othersFor(who: Participants, modules: readonly Module[]): readonly Fix[] {
  const { recipe } = who;
  const using = (naming: AdapterNaming) =>
    styleFor({ ...who, recipe: { ...recipe, output: { ...recipe.output, naming } } });
  const tried = new Set([styleFor(who)]);
  return adapterNamings.flatMap((value): readonly Fix[] => {
    const style = using(value);
    if (tried.has(style)) return [];
    tried.add(style);
    if (namedIn(style, who, modules).unnamed.length > 0) return [];
    return [{ kind: 'set-output-naming', label: `Use ${styleWords[style]}`, value }];
  });
}

export function checkSplit(who: Participants, split: readonly Split[]): readonly Finding[] {
  if (split.length === 0) return [];
  const [{ module, what }] = split;
  const how = what === 'keep' ? 'keep some of' : 'give different values to';
  const message = `Rules ${how} ${list(module.of)}, which are one module in ${styleWords[styleFor(who)]}: ${module.file}.`;
  const tensors = split.flatMap((each) => each.module.of);
  return [
    error(
      'adapter-split',
      message,
      'Let the rules mean all of them or none, or choose a naming that has them apart.',
      { tensors },
    ),
  ];
}
