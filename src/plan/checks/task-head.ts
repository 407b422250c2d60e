/** Task heads: whose the output gets. Averaged over two tasks they answer neither. */
import type { Model, TensorEntry } from '../../formats/model.ts';
import { count, error, list, note, shapeText, warning } from '../finding.ts';
import { bodyPrefix } from '../head-names.ts';
import { labelsOf } from '../labels.ts';
import type { Matching } from '../match.ts';
import type { Participants } from '../participants.ts';
import { headDonor, isTaskHead, keepHead, taskHeadOf } from '../task-head.ts';
import type { Finding, Fix } from '../types.ts';

type Headed = { readonly model: Model; readonly head: readonly TensorEntry[] };

export function checkTaskHead(who: Participants, { clashes }: Matching): readonly Finding[] {
  const { reference, experts } = who;
  if (headDonor(who)) return checkBodyNames(who);
  const all = [{ model: reference, tensors: reference.tensors }, ...experts];
  const headed = [...new Map(all.map((one) => [one.model, one])).values()]
    .map((one): Headed => ({ model: one.model, head: taskHeadOf(one) }))
    .filter(({ head }) => head.length > 0);
  const [first, ...others] = headed;
  if (!first) return [];
  const names = first.head.map(({ name }) => name);
  const details = {
    place: names.length === 1 ? { tensor: names[0] } : {},
    tensors: names,
    fixes: fixesOf(who, headed),
  };
  const clash = clashes.find(({ expected }) => isTaskHead(expected.name, expected, reference));
  if (clash) {
    const { expert, found, expected } = clash;
    return [
      error(
        'task-head',
        `${found.name} is a task head: it has shape ${shapeText(found.shape)}${labelWords(expert.model)} in ${expert.model.name} and ${shapeText(expected.shape)}${labelWords(reference)} in ${reference.name}. Heads of different tasks cannot be averaged.`,
        'Choose whose head the output gets; its labels go into the config with it.',
        details,
      ),
    ];
  }
  if (first.model !== reference) {
    return [
      warning(
        'task-head',
        `${reference.name} has no task head; ${headed.map(({ model }) => model.name).join(' and ')} ${others.length > 0 ? 'have' : 'has'} one (${list(names)}), which the output does not get.`,
        'Choose whose head the output gets, or leave it out.',
        details,
      ),
    ];
  }
  if (others.length === 0) return [];
  const odd = others.find(({ model }) => differ(model, reference));
  if (odd) {
    return [
      warning(
        'task-head',
        `The task heads of ${odd.model.name} and ${reference.name} are for different labels (${labelList(odd.model)}; ${labelList(reference)}): averaging ${list(names)} mixes them.`,
        'Choose whose head the output gets; its labels go into the config with it.',
        details,
      ),
    ];
  }
  return [
    note(
      'task-head',
      `${count(headed.length, 'model')} have a task head (${list(names)}); it is merged like the rest.`,
      'If they were trained for different tasks, choose whose head the output gets.',
      details,
    ),
  ];
}

/** The output is named like the model whose head it gets, not like its base. */
function checkBodyNames(who: Participants): readonly Finding[] {
  const [prefix, donor] = [bodyPrefix(who), headDonor(who)];
  if (prefix === '' || !donor) return [];
  const { reference } = who;
  return [
    note(
      'task-head',
      `In the output all tensors but the head have “${prefix}” in front of the names of ${reference.name}, as in ${donor.model.name}: libraries look for them there beside its head.`,
      'Nothing to do; rules are about the names without it.',
      { place: { model: donor.model.id } },
    ),
  ];
}

function fixesOf({ reference }: Participants, headed: readonly Headed[]): readonly Fix[] {
  return headed.map(({ model }) => ({
    kind: 'keep',
    label: `Keep the head of ${model.name}`,
    keep: keepHead(model, reference),
  }));
}

function differ(a: Model, b: Model): boolean {
  const [one, other] = [labelsOf(a), labelsOf(b)];
  return one !== null && other !== null && one.join('\n') !== other.join('\n');
}

function labelWords(model: Model): string {
  const labels = labelsOf(model);
  return labels ? ` for ${count(labels.length, 'label')}` : '';
}

const labelList = (model: Model) => list(labelsOf(model) ?? []);
