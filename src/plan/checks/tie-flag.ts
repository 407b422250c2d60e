/**
 * What config.json says of head and embedding, against the tensors that are stored. Seen with transformers
 * 4.57.6 and 5.23.0 on small models of Llama, GPT-2, BERT and T5; transformers #45127 is such a model.
 */
import { configFacts } from '../../formats/config.ts';
import { type Model, storedOf, type TensorEntry } from '../../formats/model.ts';
import { error, note, warning } from '../finding.ts';
import { placeOf } from '../groups.ts';
import { isTyingHead, scalesTied } from '../lent-heads.ts';
import { isTied } from '../match.ts';
import type { Participants } from '../participants.ts';
import type { Finding, Fix } from '../types.ts';
import { isInputEmbedding } from '../vocabulary.ts';

export function checkTieFlag(who: Participants): readonly Finding[] {
  const flag = flagOf(who);
  if (flag === true) return [...checkStored(who), ...checkChosen(who)];
  const lacking = flag === false ? checkLacking(who) : [];
  return lacking.length > 0 ? lacking : checkChosen(who);
}

/** What the output's config.json says; null where neither it nor its model type does. */
function flagOf({ recipe, donors }: Participants): boolean | null {
  if (recipe.head !== 'as config') return recipe.head === 'tied';
  return ties(donors.config);
}

const ties = ({ config }: Model) => config && configFacts(config).tiesEmbeddings;

/** A stored head beside a flag that calls it the embedding. */
function checkStored(who: Participants): readonly Finding[] {
  const { reference, donors, recipe } = who;
  const heads = [...who.output.values()].filter(({ name }) => isTyingHead(name));
  return heads.map((head) => {
    const { name } = head;
    const place = { model: reference.id, tensor: name };
    if (isApart(who, head)) {
      const says = recipe.head === 'tied' ? 'as chosen config.json' : ofDonor(who);
      const message = `The output would store ${name}, a head of its own, though ${says} ties the head to the embedding: transformers 4 takes the embedding for both and leaves the merged head unread.`;
      const advice = 'Set tie_word_embeddings to false, so that every version loads the head.';
      const say = recipe.head === 'tied' ? warning : error;
      return say('tied-head', message, advice, { place, fixes: [untie] });
    }
    const message = `${reference.name} stores ${name} though ${ofDonor(who)} ties the head to the embedding. Where the two differ, transformers 4 takes the embedding for both and transformers 5 loads both as they are stored.`;
    if (scalesTied(donors.config)) {
      const advice = 'Nothing to do if they are equal. In T5 the flag changes the arithmetic, too.';
      return note('tied-head', message, advice, { place });
    }
    const advice =
      'Nothing to do if they are equal. If the head was trained apart, set tie_word_embeddings to false, so that every version loads it.';
    return note('tied-head', message, advice, { place, fixes: [untie] });
  });
}

/** Whether a head is known to be no embedding: its model says so, or slices take the two from different models. */
function isApart({ reference, experts, stack, output }: Participants, head: TensorEntry): boolean {
  if (stack === null) return ties(reference) === false;
  const embedding = [...output.values()].find(({ name }) => isInputEmbedding(name));
  const ownerOf = (entry: TensorEntry) => storedOf(entry)[0].model ?? reference.id;
  const owner = ownerOf(head);
  if (embedding && ownerOf(embedding) !== owner) return true;
  const all = [reference, ...experts.map(({ model }) => model)];
  const model = all.find(({ id }) => id === owner);
  return model !== undefined && ties(model) === false;
}

/** The reverse: no head is stored, and the flag says that the embedding is none. */
function checkLacking(who: Participants): readonly Finding[] {
  const { reference, donors, recipe } = who;
  const { config } = donors.config;
  if (!config) return [];
  const { architectures } = configFacts(config);
  const wantsHead = architectures.some((name) => /(?:ForCausalLM|LMHeadModel)$/.test(name));
  const names = [...who.output.keys()];
  const embedding = names.find(isInputEmbedding);
  const lacks = wantsHead && !names.some((name) => placeOf(name).group === 'head');
  if (!lacks || !embedding) return [];
  const place = { model: reference.id, tensor: embedding };
  const random = 'transformers makes one of random values when it loads the model';
  const lost = [...reference.tensors.keys()].find(isTyingHead);
  if (lost !== undefined) {
    const message = `The output has no ${lost}: the head of the last slice’s model is its embedding, while ${ofDonor(who)} wants a head of its own, and ${random}.`;
    const advice = 'Give the output a head of its own, which is that embedding.';
    return [error('tied-head', message, advice, { place, fixes: [giveHead] })];
  }
  const advice =
    'If its head is the embedding, set tie_word_embeddings to true; else find the tensors that are missing.';
  const fixes = [setHead('Set tie_word_embeddings to true', 'tied')];
  if (recipe.head === 'untied') {
    const message = `The output has no head, and its config.json, as chosen, does not tie one to ${embedding}: ${random}.`;
    return [error('tied-head', message, advice, { place, fixes })];
  }
  const says = `${ofDonor(who)} does not tie it to ${embedding}: ${random}.`;
  if (isTied(reference)) {
    const message = `The head of ${reference.name} is its embedding, and ${says}`;
    return [error('tied-head', message, advice, { place, fixes })];
  }
  const message = `${reference.name} stores no head, and ${says}`;
  return [warning('tied-head', message, advice, { place, fixes })];
}

function checkChosen({ recipe, donors }: Participants): readonly Finding[] {
  const value = recipe.head === 'tied';
  const { id, name, config } = donors.config;
  if (recipe.head === 'as config') return [];
  if (!config || configFacts(config).tiesEmbeddings === value) return [];
  return [
    note(
      'tied-head',
      `The output’s config.json says tie_word_embeddings ${value}, as chosen; that of ${name} says otherwise.`,
      'Nothing to do.',
      { place: { model: id }, fixes: [setHead(`As in ${name}`, 'as config')] },
    ),
  ];
}

/** Whether the embeddings of tied models can stand for a head. */
export function canLendHead({ reference }: Participants): boolean {
  return !scalesTied(reference);
}

const ofDonor = ({ reference, donors }: Participants) =>
  donors.config === reference ? 'its config.json' : `the config.json of ${donors.config.name}`;

function setHead(label: string, value: 'as config' | 'tied' | 'untied'): Fix {
  return { kind: 'set-head', label, value };
}

const untie = setHead('Set tie_word_embeddings to false', 'untied');
export const giveHead = setHead('Give the output a head of its own', 'untied');
