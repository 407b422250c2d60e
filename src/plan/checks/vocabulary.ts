/** Vocabularies of different size, and heads that are the embedding under another name. */
import { count, error, list, note, warning } from '../finding.ts';
import type { Matching, Meeting } from '../match.ts';
import type { Participants } from '../participants.ts';
import type { Finding } from '../types.ts';
import { isTiedHead } from './tensors.ts';
import { checkTieFlag } from './tie-flag.ts';
import { tokenFixes } from './token-fixes.ts';

export function checkVocabulary(who: Participants, matching: Matching): readonly Finding[] {
  return [...checkRows(who, matching), ...checkHead(who, matching)];
}

function checkRows({ recipe, reference, experts }: Participants, { matches }: Matching) {
  return experts.flatMap((expert): readonly Finding[] => {
    const differing = matches.flatMap(({ entry, meetings, mergedCount }) => {
      const mine = meetings.find((meeting) => meeting.expert === expert);
      if (!mine || mine.entry.shape[0] === entry.shape[0]) return [];
      const rowSize = entry.shape.slice(1).reduce((size, axis) => size * axis, 1);
      const shared = rowSize === 0 ? 0 : mergedCount / rowSize;
      return [{ entry, found: mine.entry.shape[0], expected: entry.shape[0], shared }];
    });
    if (differing.length === 0) return [];
    const [{ entry, found, expected, shared }] = differing;
    const names = differing.map((difference) => difference.entry.name);
    const what = `${expert.model.name} has ${count(found, 'row')} in ${entry.name}; ${reference.name} has ${rows(expected)}.`;
    const details = {
      place: { model: expert.ref.id, ...(names.length === 1 ? { tensor: entry.name } : {}) },
      tensors: names,
    };
    if (recipe.vocabulary === 'refuse') {
      const fix = {
        kind: 'set-vocabulary',
        label: `Keep the rows of ${reference.name}`,
        value: 'keep base rows',
      } as const;
      const advice =
        'Merge by token, or merge the rows that all have and keep the rest as in the base.';
      const fixes = [...tokenFixes(reference.name), fix];
      return [error('vocabulary-rows', what, advice, { ...details, fixes })];
    }
    const then =
      shared < expected
        ? `The first ${rows(shared)} are merged; the last ${rows(expected - shared)} stay as in ${reference.name}.`
        : `Its last ${rows(found - expected)} are left out.`;
    const advice =
      'Rows of one number may be of different tokens: merge by token, so that each meets its own.';
    const fixes = tokenFixes(reference.name);
    return [warning('vocabulary-rows', `${what} ${then}`, advice, { ...details, fixes })];
  });
}

function checkHead(who: Participants, matching: Matching): readonly Finding[] {
  const { reference } = who;
  const standIns = matching.matches.flatMap(({ entry, meetings }) =>
    meetings
      .filter(({ tiedTo }) => tiedTo !== null)
      .map((meeting) => standInNote(who, entry.name, meeting)),
  );
  const dropped = matching.experts.flatMap(({ expert, extra }) => {
    const heads = extra.filter((name) => isTiedHead(who, name));
    if (heads.length === 0) return [];
    return [
      warning(
        'tied-head',
        `${expert.model.name} stores ${list(heads)}; in ${reference.name} the head is the embedding, so it is left out.`,
        'If its head was trained apart from the embedding, choose a base with a head of its own.',
        { place: { model: expert.ref.id, tensor: heads[0] } },
      ),
    ];
  });
  return [...standIns, ...dropped, ...checkTieFlag(who)];
}

function standInNote({ reference }: Participants, head: string, { expert, tiedTo }: Meeting) {
  return note(
    'tied-head',
    `${expert.model.name} has no ${head}: its head is its embedding, so ${tiedTo} meets ${head} of ${reference.name}.`,
    'Nothing to do.',
    { place: { model: expert.ref.id, tensor: head } },
  );
}

function rows(number: number): string {
  return number.toLocaleString('en-US');
}
