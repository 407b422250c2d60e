/** Whether adapters meet the base: what of them is understood, what is matched, and what is not. */
import { isComputed, type Model } from '../../formats/model.ts';
import { type Unmatched, whyText } from '../../lora/pair/pairing.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { count, error, list, note, warning } from '../finding.ts';
import type { Participant, Participants } from '../participants.ts';
import type { Finding } from '../types.ts';
import { isTiedHead } from './tensors.ts';

export function checkAdapters(who: Participants): readonly Finding[] {
  const { recipe, experts, reference } = who;
  return [
    ...experts.flatMap((expert) => [
      ...checkUnderstood(expert),
      ...checkMatched(expert, who),
      ...checkScales(expert),
      ...(recipe.output.as === 'model' ? checkCodes(expert, reference) : []),
      ...checkRenamed(expert, recipe),
      ...checkRemarks(expert),
    ]),
  ];
}

function checkCodes({ model, ref, adapted }: Participant, base: Model): readonly Finding[] {
  const pairs = adapted?.pairing.pairs ?? [];
  const names = pairs.map(({ tensor }) => tensor).filter((name) => isCode(base, name));
  if (names.length === 0) return [];
  const message = `${model.name} changes ${count(names.length, 'tensor')} (${list(names)}) that ${base.name} stores as codes: adding to them is not offered.`;
  const advice = 'Choose the base in 16 or 32 bits.';
  return [error('adapter-on-codes', message, advice, { place: { model: ref.id }, tensors: names })];
}

function isCode({ tensors }: Model, name: string): boolean {
  const entry = tensors.get(name);
  return entry !== undefined && isComputed(entry);
}

/** An update is of the weight that its module names: under another name it would be added to the wrong one. */
function checkRenamed({ model, ref }: Participant, { renames }: Recipe): readonly Finding[] {
  if (!model.adapter) return [];
  return renames
    .filter((rename) => rename.model === ref.id)
    .map(({ id, from, to }) =>
      error(
        'adapter-renamed',
        `The rename of “${from}” to “${to}” is of the adapter ${model.name}, whose modules are met by their own names.`,
        'Remove it under Tensor names.',
        {
          place: { model: ref.id },
          fixes: [{ kind: 'remove-rename', label: 'Remove the rename', rename: id }],
        },
      ),
    );
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

function checkMatched({ model, ref, adapted }: Participant, who: Participants): readonly Finding[] {
  if (!adapted) return [];
  const { pairs, saved, unmatched } = adapted.pairing;
  if (unmatched.length === 0) return [];
  const base = who.reference.name;
  const place = { model: ref.id };
  const heads = unmatched.filter((one) => meetsTiedHead(one, who));
  const others = unmatched.filter((one) => !heads.includes(one));
  const head = `in ${base} the head is the embedding`;
  if (pairs.length + saved.length === 0) {
    const [{ module, why }] = unmatched;
    const isHead = others.length === 0;
    const message = `No module of the adapter ${model.name} is in ${base}: of ${module}, ${isHead ? head : whyText(why)}. The output would be ${base} unchanged.`;
    const said = model.adapter?.base;
    const advice = said
      ? `Choose the base that it says it was trained on, ${said.name}.`
      : 'Choose the base that it was trained on.';
    const tensors = namesOf(unmatched);
    return [error('adapter-no-match', message, isHead ? untie : advice, { place, tensors })];
  }
  const updates = model.adapter?.updates.length ?? 0;
  const findings: Finding[] = [];
  if (heads.length > 0) {
    const tensors = namesOf(heads);
    const message = `${model.name} changes ${list(tensors)}; ${head}, so it is left out.`;
    findings.push(warning('tied-head', message, untie, { place, tensors }));
  }
  if (others.length > 0) {
    const tensors = namesOf(others);
    const [{ module, why }] = others;
    const message = `${count(tensors.length, 'module')} of ${updates} that ${model.name} changes ${tensors.length === 1 ? 'is' : 'are'} not in ${base} and left out: ${list(tensors)}. Of ${module}, ${whyText(why)}.`;
    const advice =
      'Check that this is the base it was trained on. An adapter for a pipeline may also change its text encoders.';
    findings.push(warning('adapter-partly-matched', message, advice, { place, tensors }));
  }
  return findings;
}

const namesOf = (unmatched: readonly Unmatched[]) => unmatched.map(({ module }) => module);

/** What is added to the head alone cannot be added to what is the embedding, too. */
function meetsTiedHead({ module, of, why }: Unmatched, who: Participants): boolean {
  const name = of === 'saved' ? module : `${module}.${of}`;
  return why.kind === 'missing' && isTiedHead(who, name);
}

const untie =
  'Choose a base that stores a head of its own: in transformers, set tie_word_embeddings to false, give lm_head a copy of the embedding, and save the model.';

/** By an alpha of 0: PEFT computes with it, and nobody trains so. */
function checkScales({ model, ref, adapted }: Participant): readonly Finding[] {
  const updates = adapted?.pairing.pairs.flatMap((pair) => pair.updates) ?? [];
  const names = updates.filter(({ scale }) => scale === 0).map(({ module }) => module);
  if (names.length === 0) return [];
  const message = `${model.name} has an alpha of 0 in ${count(names.length, 'module')} (${list(names)}): it adds nothing there.`;
  const advice = 'Correct alpha in its adapter_config.json, or remove the adapter.';
  return [
    warning('adapter-scale-zero', message, advice, { place: { model: ref.id }, tensors: names }),
  ];
}

function checkRemarks({ model, ref }: Participant): readonly Finding[] {
  const remarks = model.adapter?.remarks ?? [];
  return remarks.map((remark) =>
    note('adapter-remark', `${model.name}: ${remark}`, 'Nothing to do.', {
      place: { model: ref.id },
    }),
  );
}
