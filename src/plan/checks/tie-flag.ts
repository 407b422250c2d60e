/**
 * What config.json says of head and embedding, against the tensors that are stored. Seen with transformers
 * 4.57.6 and 5.23.0 on small models of Llama, GPT-2, BERT and T5; transformers #45127 is such a model.
 */
import { configFacts } from '../../formats/config.ts';
import { note, warning } from '../finding.ts';
import { placeOf } from '../groups.ts';
import { isTied } from '../match.ts';
import type { Participants } from '../participants.ts';
import type { Finding, Fix } from '../types.ts';
import { isInputEmbedding } from '../vocabulary.ts';
import { isTyingHead } from './tensors.ts';

export function checkTieFlag(who: Participants): readonly Finding[] {
  return who.recipe.head === 'as config'
    ? [...checkStored(who), ...checkLacking(who)]
    : checkChosen(who);
}

/** A stored head beside a flag that calls it the embedding. */
function checkStored(who: Participants): readonly Finding[] {
  const { reference, donors } = who;
  if (!isTied(donors.config)) return [];
  const heads = [...who.output.keys()].filter(isTyingHead);
  return heads.map((name) => {
    const place = { model: reference.id, tensor: name };
    const message = `${reference.name} stores ${name} though ${ofDonor(who)} ties the head to the embedding. Where the two differ, transformers 4 takes the embedding for both and transformers 5 loads both as they are stored.`;
    if (scalesTied(who)) {
      const advice = 'Nothing to do if they are equal. In T5 the flag changes the arithmetic, too.';
      return note('tied-head', message, advice, { place });
    }
    const advice =
      'Nothing to do if they are equal. If the head was trained apart, set tie_word_embeddings to false, so that every version loads it.';
    const fixes = [setHead('Set tie_word_embeddings to false', 'untied')];
    return note('tied-head', message, advice, { place, fixes });
  });
}

/** The reverse: no head is stored, and the flag says that the embedding is none. */
function checkLacking(who: Participants): readonly Finding[] {
  const { reference, donors } = who;
  const { config } = donors.config;
  if (!config) return [];
  const { architectures, tiesEmbeddings } = configFacts(config);
  const wantsHead = architectures.some((name) => /(?:ForCausalLM|LMHeadModel)$/.test(name));
  const names = [...who.output.keys()];
  const embedding = names.find(isInputEmbedding);
  const lacks = wantsHead && !names.some((name) => placeOf(name).group === 'head');
  if (!lacks || tiesEmbeddings !== false || !embedding) return [];
  return [
    warning(
      'tied-head',
      `${reference.name} stores no head, and ${ofDonor(who)} does not tie it to ${embedding}: transformers makes one of random values when it loads the model.`,
      'If its head is the embedding, set tie_word_embeddings to true; else find the tensors that are missing.',
      {
        place: { model: reference.id, tensor: embedding },
        fixes: [setHead('Set tie_word_embeddings to true', 'tied')],
      },
    ),
  ];
}

function checkChosen({ recipe, donors }: Participants): readonly Finding[] {
  const value = recipe.head === 'tied';
  const { id, name, config } = donors.config;
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

/** T5 and its kin scale what goes into a tied head. */
function scalesTied({ donors }: Participants): boolean {
  return /t5|switch_transformers/.test(String(donors.config.config?.['model_type']));
}

const ofDonor = ({ reference, donors }: Participants) =>
  donors.config === reference ? 'its config.json' : `the config.json of ${donors.config.name}`;

function setHead(label: string, value: 'as config' | 'tied' | 'untied'): Fix {
  return { kind: 'set-head', label, value };
}
