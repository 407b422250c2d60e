/** Which tensors meet, which do not, and which cannot be computed with. */
import { elementCount, type TensorEntry } from '../../formats/model.ts';
import { isFloatDtype } from '../../numerics/dtype.ts';
import { count, error, groupBy, list, note, shapeText, warning } from '../finding.ts';
import { isTyingHead } from '../lent-heads.ts';
import { type ExpertMatching, isTied, type Matching } from '../match.ts';
import type { Participants } from '../participants.ts';
import { isTaskHead } from '../task-head.ts';
import type { Finding } from '../types.ts';
import { keepFixes } from './kept.ts';
import { offerRenames } from './names.ts';

/** Shaders and noise count elements in 32 bits. */
const TOO_MANY = 2 ** 32;

export function checkTensors(who: Participants, matching: Matching): readonly Finding[] {
  return [
    ...matching.experts.flatMap((expert) => checkNames(who, expert)),
    ...checkClashes(who, matching),
    ...checkNotFloat(who, matching),
    ...checkSize(who, matching),
  ];
}

function checkNames(who: Participants, found: ExpertMatching): readonly Finding[] {
  const { reference } = who;
  const { expert, missing, extra } = found;
  const place = { model: expert.ref.id };
  const offers = offerRenames(who, found);
  if (missing.length === reference.tensors.size) {
    const message = `No tensor name of ${expert.model.name} occurs in ${reference.name}: it has ${list(extra)}; expected ${list(missing)}.`;
    const advice = 'Use models of one architecture, saved by the same library.';
    if (offers.some(({ severity }) => severity === 'error')) return offers;
    return [error('no-common-tensors', message, advice, { place }), ...offers];
  }
  const findings: Finding[] = [...offers];
  if (missing.length > 0) {
    const others = who.experts.length - 1;
    const then =
      others === 0
        ? `there the output has what ${reference.name} has`
        : others === 1 && who.method.arity.models[1] === 2
          ? 'there the other model goes through unchanged'
          : `there the ${others === 1 ? 'other model is' : 'other models are'} merged without it`;
    findings.push(
      warning(
        'missing-tensor',
        `${expert.model.name} lacks ${count(missing.length, 'tensor')} of ${reference.name}: ${list(missing)}; ${then}.`,
        'Check that it is a fine-tune of the same model.',
        { place: withTensor(place, missing), tensors: missing },
      ),
    );
  }
  const dropped = extra.filter(
    (name) => !isTiedHead(who, name) && !isTaskHead(name, expert.tensors.get(name)!, expert.model),
  );
  if (dropped.length > 0) {
    findings.push(
      warning(
        'extra-tensor',
        `${expert.model.name} has ${count(dropped.length, 'tensor')} that ${reference.name} lacks: ${list(dropped)}; left out of the output.`,
        'The output has the names of the base, or of the first model without one.',
        { place: withTensor(place, dropped), tensors: dropped },
      ),
    );
  }
  return findings;
}

/** The head that an expert stores and a tied reference does not; `checks/vocabulary.ts` speaks of it. */
export function isTiedHead({ reference }: Participants, name: string): boolean {
  return isTyingHead(name) && isTied(reference);
}

function checkClashes({ reference }: Participants, { clashes }: Matching): readonly Finding[] {
  // Task heads of another size are spoken of in `checks/task-head.ts`.
  const others = clashes.filter(({ expected }) => !isTaskHead(expected.name, expected, reference));
  const groups = groupBy(others, ({ expert, kind }) => `${kind} ${expert.ordinal}`);
  return [...groups.values()].map((group) => {
    const [{ expert, kind, found, expected }] = group;
    const names = group.map((clash) => clash.expected.name);
    const others = names.length > 1 ? ` The same holds for ${list(names.slice(1))}.` : '';
    const details = { place: withTensor({ model: expert.ref.id }, names), tensors: names };
    const fixes = keepFixes(reference, expert, names);
    if (kind === 'not a float') {
      return error(
        'dtype-mismatch',
        `${found.name} is ${found.dtype} in ${expert.model.name} and ${expected.dtype} in ${reference.name}: it cannot be computed with.${others}`,
        'Use a model whose weights are floats there, or keep one model’s.',
        { ...details, fixes },
      );
    }
    return error(
      'shape-mismatch',
      `${found.name} has shape ${shapeText(found.shape)} in ${expert.model.name}; ${reference.name} has ${shapeText(expected.shape)}.${others}`,
      'Use models of the same size, or keep one model’s tensor; a merge cannot join different widths.',
      { ...details, fixes },
    );
  });
}

function checkNotFloat({ reference, experts }: Participants, { matches }: Matching) {
  const entries = matches
    .filter(({ kept }) => kept === null)
    .map(({ entry }) => entry)
    .filter(({ dtype }) => !isFloatDtype(dtype));
  if (entries.length === 0) return [];
  const names = entries.map(({ name }) => name);
  const dtypes = [...new Set(entries.map(({ dtype }) => dtype))].join(', ');
  const differ = experts.flatMap(({ tensors }) =>
    entries.filter((entry) => !agrees(entry, tensors.get(entry.name))),
  );
  const message = `Copied from ${reference.name}, because not floats: ${count(names.length, 'tensor')} of ${dtypes} (${list(names)}).`;
  if (differ.length === 0) {
    const advice = 'Nothing to do; whether the values of the others differ is not looked at.';
    return [note('not-computed', message, advice, { place: {}, tensors: names })];
  }
  const odd = [...new Set(differ.map(({ name }) => name))];
  return [
    warning(
      'not-computed',
      `${message} In another model shape or dtype differ: ${list(odd)}.`,
      'Check that the models belong together.',
      { place: withTensor({}, odd), tensors: odd },
    ),
  ];
}

function agrees(entry: TensorEntry, other: TensorEntry | undefined): boolean {
  return !other || (other.dtype === entry.dtype && String(other.shape) === String(entry.shape));
}

function checkSize({ reference }: Participants, { matches }: Matching): readonly Finding[] {
  return matches
    .filter(({ mergedCount, meetings }) => meetings.length > 0 && mergedCount >= TOO_MANY)
    .map(({ entry, mergedCount }) =>
      error(
        'too-large',
        `${entry.name} of ${reference.name} has ${mergedCount.toLocaleString('en-US')} elements ${shapeText(entry.shape)}; a tensor to merge must have fewer than 4,294,967,296.`,
        `Leave it out of the experts, so that its ${elementCount(entry.shape).toLocaleString('en-US')} elements are copied.`,
        { place: { tensor: entry.name } },
      ),
    );
}

/** A place names the tensor when there is only one. */
function withTensor(place: { readonly model?: string }, names: readonly string[]) {
  return names.length === 1 ? { ...place, tensor: names[0] } : place;
}
