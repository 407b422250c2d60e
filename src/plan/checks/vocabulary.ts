/** Vocabularies of different size, and heads that are the embedding under another name. */
import { storedOf, type TensorEntry } from '../../formats/model.ts';
import { count, error, list, note, warning } from '../finding.ts';
import type { Matching, Meeting } from '../match.ts';
import type { Participants } from '../participants.ts';
import type { Finding } from '../types.ts';
import { hasTokenRows } from '../vocabulary.ts';
import { isTiedHead } from './tensors.ts';
import { canLendHead, checkTieFlag, giveHead } from './tie-flag.ts';
import { tokenFixes } from './token-fixes.ts';

export function checkVocabulary(who: Participants, matching: Matching): readonly Finding[] {
  return [...checkRows(who, matching), ...checkEnds(who), ...checkHead(who, matching)];
}

/** Embedding and head of models whose vocabularies differ: config.json has one number for both. */
function checkEnds({ stack, reference }: Participants): readonly Finding[] {
  const found = [...(stack?.tensors.values() ?? [])].filter((entry) =>
    hasTokenRows(entry.name, entry, reference),
  );
  const differs = (one: TensorEntry, other: TensorEntry) =>
    one.shape[0] !== other.shape[0] && storedOf(one)[0].model !== storedOf(other)[0].model;
  const [first] = found;
  const other = found.find((entry) => differs(entry, first));
  if (!other) return [];
  const [rows, others] = [first, other].map(({ shape }) => count(shape[0], 'row'));
  const message = `${first.name} would have ${rows} and ${other.name} ${others}, of models with other vocabularies: libraries load one number of tokens.`;
  const advice =
    'Merge by token, or take both from one model: a slice of it without layers first or last.';
  return [
    error('slice-rows', message, advice, {
      place: { tensor: other.name },
      fixes: tokenFixes(reference.name),
    }),
  ];
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
        'If its head was trained apart from the embedding, give the output a head of its own: there the embeddings of the others meet it.',
        {
          place: { model: expert.ref.id, tensor: heads[0] },
          fixes: canLendHead(who) ? [giveHead] : [],
        },
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
