/** Whether adapters meet the base: what of them is understood, what is matched, and what is not. */
import { whyText } from '../../lora/pair/pairing.ts';
import { count, error, list, note, warning } from '../finding.ts';
import type { Participant, Participants } from '../participants.ts';
import type { Finding } from '../types.ts';

export function checkAdapters({ experts, reference }: Participants): readonly Finding[] {
  return experts.flatMap((expert) => [
    ...checkUnderstood(expert),
    ...checkMatched(expert, reference.name),
    ...checkRemarks(expert),
  ]);
}

function checkUnderstood({ model, ref }: Participant): readonly Finding[] {
  const unread = model.adapter?.unread ?? [];
  if (unread.length === 0) return [];
  const [first] = unread;
  return [
    error(
      'adapter-unread',
      `${model.name} holds ${count(unread.length, 'tensor')} that cannot be read as updates: ${first.tensor}, because ${first.why}.`,
      'Without them it would be another adapter. Merge it into its base with the tool it was trained with, and drop the result.',
      { place: { model: ref.id }, tensors: unread.map(({ tensor }) => tensor) },
    ),
  ];
}

function checkMatched({ model, ref, adapted }: Participant, base: string): readonly Finding[] {
  if (!adapted) return [];
  const { pairs, saved, unmatched } = adapted.pairing;
  if (unmatched.length === 0) return [];
  const names = unmatched.map(({ module }) => module);
  const place = { model: ref.id };
  const [{ module, why: reason }] = unmatched;
  const why = whyText(reason);
  if (pairs.length + saved.length === 0) {
    const message = `No module of the adapter ${model.name} is in ${base}: of ${module}, ${why}. The output would be ${base} unchanged.`;
    const said = model.adapter?.base;
    const advice = said
      ? `Choose the base that it says it was trained on, ${said.name}.`
      : 'Choose the base that it was trained on.';
    return [error('adapter-no-match', message, advice, { place, tensors: names })];
  }
  const updates = model.adapter?.updates.length ?? 0;
  return [
    warning(
      'adapter-partly-matched',
      `${count(names.length, 'module')} of ${updates} that ${model.name} changes ${names.length === 1 ? 'is' : 'are'} not in ${base} and left out: ${list(names)}. Of ${module}, ${why}.`,
      'Check that this is the base it was trained on. An adapter for a pipeline may also change its text encoders.',
      { place, tensors: names },
    ),
  ];
}

function checkRemarks({ model, ref }: Participant): readonly Finding[] {
  const remarks = model.adapter?.remarks ?? [];
  return remarks.map((remark) =>
    note('adapter-remark', `${model.name}: ${remark}.`, 'Nothing to do.', {
      place: { model: ref.id },
    }),
  );
}
