/** Dtypes that differ, and dtypes that cannot hold what is put into them. */
import { readingRounds } from '../../methods/precision.ts';
import { type Dtype, isFloatDtype } from '../../numerics/dtype.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { count, groupBy, list, note } from '../finding.ts';
import type { Matching } from '../match.ts';
import type { Participants } from '../participants.ts';
import type { Finding } from '../types.ts';
import { dtypeOf } from '../width.ts';

/** Largest finite value, narrowest first; dtypes of one line have practically the same range. */
const RANGES: readonly (readonly [largest: string, dtypes: readonly Dtype[]])[] = [
  ['448', ['F8_E4M3']],
  ['57,344', ['F8_E5M2']],
  ['65,504', ['F16']],
  ['3.4e38', ['BF16', 'F32']],
  ['1.8e308', ['F64']],
];

/** What the merge sees of a stored dtype. */
function readAs(dtype: Dtype, { inputDtype }: Recipe): Dtype {
  return readingRounds(dtype, inputDtype) && inputDtype !== 'stored' ? inputDtype : dtype;
}

const rangeOf = (dtype: Dtype) => RANGES.findIndex(([, dtypes]) => dtypes.includes(dtype));

export function checkDtypes(who: Participants, matching: Matching): readonly Finding[] {
  return [
    ...checkMixed(who, matching),
    ...checkReading(who, matching),
    ...checkRange(who, matching),
  ];
}

function checkMixed(
  { reference, experts, recipe, arithmetic }: Participants,
  { matches }: Matching,
) {
  return experts.flatMap((expert): readonly Finding[] => {
    if (expert.adapted) return []; // its updates are computed in f32
    const differing = matches.flatMap(({ entry, meetings }) => {
      const mine = meetings.find((meeting) => meeting.expert === expert);
      return mine && mine.entry.dtype !== entry.dtype ? [{ entry, found: mine.entry.dtype }] : [];
    });
    if (differing.length === 0) return [];
    const [{ entry, found }] = differing;
    const names = differing.map((difference) => difference.entry.name);
    const { inputDtype } = recipe;
    const steps = arithmetic.work === 'f32' ? 'the arithmetic is the same' : 'steps are f32 there';
    const how =
      inputDtype === 'stored'
        ? `Each is read as it is; ${steps}.`
        : `All are rounded to ${inputDtype} first.`;
    return [
      note(
        'mixed-dtypes',
        `${expert.model.name} holds ${count(names.length, 'tensor')} in another dtype than ${reference.name}: ${entry.name} is ${found}, not ${entry.dtype}. ${how}`,
        'A model that was rounded to fewer bits carries that rounding into its changes.',
        { place: { model: expert.ref.id }, tensors: names },
      ),
    ];
  });
}

/** Inputs that are rounded to a dtype of less range before the merge. */
function checkReading({ recipe }: Participants, { matches }: Matching): readonly Finding[] {
  const { inputDtype } = recipe;
  if (inputDtype === 'stored') return [];
  const wider = matches.flatMap(({ entry, meetings }) => {
    const stored = [entry.dtype, ...meetings.map((meeting) => meeting.entry.dtype)];
    const from = stored.find((dtype) => rangeOf(dtype) > rangeOf(inputDtype));
    return from ? [{ name: entry.name, from }] : [];
  });
  if (wider.length === 0) return [];
  const names = wider.map(({ name }) => name);
  const [largest] = RANGES[rangeOf(inputDtype)];
  const message = `Stored as ${wider[0].from}, rounded to ${inputDtype} before the merge, whose largest value is ${largest}: ${count(names.length, 'tensor')}, ${list(names)}. Larger values become infinite, as in mergekit; the run counts them.`;
  return [note('may-overflow', message, 'BF16 and F32 have the room.', { tensors: names })];
}

function checkRange(who: Participants, { matches }: Matching): readonly Finding[] {
  const narrowed = matches.flatMap((match) => {
    const { entry, meetings, kept } = match;
    const to = dtypeOf(who, match);
    if (!isFloatDtype(to)) return [];
    const stored = [entry, ...meetings.map((meeting) => meeting.entry)];
    const read = kept ? [kept.entry.dtype] : stored.map(({ dtype }) => readAs(dtype, who.recipe));
    const from = read.find((dtype) => rangeOf(dtype) > rangeOf(to));
    return from ? [{ name: entry.name, from, to }] : [];
  });
  return [...groupBy(narrowed, ({ to }) => to)].map(([to, group]) => {
    const names = group.map(({ name }) => name);
    const [largest] = RANGES[rangeOf(to)];
    return note(
      'may-saturate',
      `Read as ${group[0].from}, written as ${to}, whose largest value is ${largest}: ${count(names.length, 'tensor')}, ${list(names)}. Larger values become that one; the run counts them.`,
      'Weights are rarely that large. BF16 and F32 have the room.',
      { tensors: names },
    );
  });
}
