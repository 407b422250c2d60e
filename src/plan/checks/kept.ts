/** Tensors that rules take out of the merge, and rules that keep nothing. */
import { elementCount, type Model } from '../../formats/model.ts';
import type { Keep } from '../../recipe/recipe.ts';
import { filterText } from '../../recipe/words.ts';
import { count, error, groupBy, list, note, shapeText, warning } from '../finding.ts';
import type { Matching } from '../match.ts';
import type { Participant, Participants } from '../participants.ts';
import { filterMatches } from '../resolve.ts';
import type { Finding, Fix } from '../types.ts';

export function checkKept(who: Participants, matching: Matching): readonly Finding[] {
  return [
    ...sayKept(matching),
    ...checkShapes(who, matching),
    ...checkVain(who, matching),
    ...checkIdle(who, matching),
  ];
}

/** One-press ways out where tensors of an expert do not fit: keep the base's, or the expert's. */
export function keepFixes(
  reference: Model,
  expert: Participant,
  names: readonly string[],
): readonly Fix[] {
  const filter: Keep['filter'] =
    names.length === 1 ? { kind: 'name', name: names[0] } : { kind: 'misfit' };
  const what = names.length === 1 ? 'it' : `all ${names.length.toLocaleString('en-US')}`;
  const keep = (name: string, from: Keep['from']): Fix => ({
    kind: 'keep',
    label: `Keep ${what} as in ${name}`,
    keep: { filter, from },
  });
  return [
    keep(reference.name, { kind: 'base' }),
    keep(expert.model.name, { kind: 'model', model: expert.ref.id }),
  ];
}

function sayKept({ matches }: Matching): readonly Finding[] {
  const kept = matches.flatMap((match) => (match.kept ? [match.kept] : []));
  return [...groupBy(kept, ({ model }) => model)].map(([model, group]) => {
    const names = group.map(({ entry }) => entry.name);
    const elements = group.reduce((sum, { entry }) => sum + elementCount(entry.shape), 0);
    return note(
      'kept',
      `Kept as in ${model.name}, by your rules: ${count(names.length, 'tensor')} of ${count(elements, 'element')} (${list(names)}).`,
      'Nothing to do; the rules are under Layer rules.',
      { place: { model: model.id }, tensors: names },
    );
  });
}

/** The output's config.json is its donor's, whatever shape was kept. */
function checkShapes(
  { reference, donors }: Participants,
  { matches }: Matching,
): readonly Finding[] {
  const changed = matches.flatMap(({ entry, kept }) =>
    // What a task head's rows mean goes into the config with it.
    kept &&
    kept.rule.filter.kind !== 'task head' &&
    String(kept.entry.shape) !== String(entry.shape)
      ? [{ entry, kept }]
      : [],
  );
  if (changed.length === 0) return [];
  const [{ entry, kept }] = changed;
  const names = changed.map((change) => change.entry.name);
  return [
    warning(
      'kept-shape',
      `The output has ${entry.name} of shape ${shapeText(kept.entry.shape)} as ${kept.model.name} has it, not ${shapeText(entry.shape)} as in ${reference.name}${names.length > 1 ? `; the same holds for ${list(names.slice(1))}` : ''}.`,
      `The output gets the config.json of ${donors.config.name}: check that it says the same, or make ${kept.model.name} the base.`,
      { place: { model: kept.model.id }, tensors: names },
    ),
  ];
}

function checkVain({ reference, experts }: Participants, { keptInVain }: Matching) {
  return [...groupBy(keptInVain, ({ rule }) => rule)].map(([rule, group]): Finding => {
    const { from } = rule;
    const id = from.kind === 'model' ? from.model : reference.id;
    const model = experts.find(({ ref }) => ref.id === id)?.model;
    const names = group.map(({ tensor }) => tensor);
    const message = model
      ? `A rule keeps ${count(names.length, 'tensor')} (${list(names)}) as in ${model.name}, which lacks ${names.length === 1 ? 'it' : 'them'}.`
      : `The rule on ${filterText(rule.filter)} keeps tensors of a model that is not part of this merge.`;
    const advice = 'Keep them as in another model, or remove the rule.';
    const fixes = [removeKeep(rule)];
    return error('kept-missing', message, advice, { tensors: names, fixes });
  });
}

function checkIdle({ recipe }: Participants, { matches, clashes, keptInVain }: Matching) {
  const used = new Set([
    ...matches.map(({ kept }) => kept?.rule),
    ...keptInVain.map(({ rule }) => rule),
  ]);
  return recipe.keeps.flatMap((rule): readonly Finding[] => {
    if (used.has(rule)) return [];
    const { filter, from } = rule;
    const refuses =
      from.kind === 'refuse' &&
      (filter.kind === 'misfit'
        ? clashes.length > 0
        : filter.kind === 'task head' ||
          matches.some(({ entry, place }) => filterMatches(filter, entry.name, place)));
    if (refuses) return [];
    const message = `The rule that keeps ${filterText(filter)} does nothing: it matches no tensor, or an earlier rule decides.`;
    const advice = 'Look at the tensor names; letters count as they are written.';
    return [warning('rule-matches-nothing', message, advice, { fixes: [removeKeep(rule)] })];
  });
}

function removeKeep(rule: Keep): Fix {
  return { kind: 'remove-keep', label: 'Remove the rule', keep: rule.id };
}
