/** What is to be said of an adapter that is taken from whole weights. */

import { checkNaming } from '../checks/names.ts';
import { checkTensors } from '../checks/tensors.ts';
import { count, error, list, warning } from '../finding.ts';
import { isTied } from '../match.ts';
import type { Participants } from '../participants.ts';
import type { Finding, Fix } from '../types.ts';
import { isInputEmbedding } from '../vocabulary.ts';
import type { Extracted } from './extract.ts';

export function checkExtracted(who: Participants, extracted: Extracted): readonly Finding[] {
  return [
    ...checkNaming(who),
    ...checkTensors(who, extracted.matching),
    ...checkOneModel(extracted),
    ...checkTied(who, extracted),
    ...checkLeftOut(who, extracted),
  ];
}

/** What is merged and goes nowhere is said before anything is written. */
function checkLeftOut({ recipe }: Participants, { leftOut }: Extracted): readonly Finding[] {
  if (leftOut.length === 0) return [];
  const names = leftOut.map(({ name }) => name);
  const parts = leftOut.filter(({ isPart }) => isPart).length;
  const biases =
    parts === 0
      ? ''
      : ` ${parts === 1 ? 'One of them belongs' : `${parts} of them belong`} to modules that have an update, beside which PEFT writes nothing whole.`;
  const message = `${count(names.length, 'tensor')} (${list(names)}) are merged and not in the adapter: on the base they stay as the base has them.${biases}`;
  const fixes: readonly Fix[] =
    recipe.extraction.rest === 'leave out' && parts < names.length
      ? [
          {
            kind: 'set-extraction',
            label: 'Write norms and biases whole',
            value: { rest: 'write vectors' },
          },
        ]
      : [];
  const advice =
    'Choose more parts, or write what is left whole, under Output; a model holds all of it.';
  return [warning('not-in-adapter', message, advice, { tensors: names, fixes })];
}

/** An embedding that is put in place whole by PEFT (0.21) is no longer the tied head; an update of it is. */
function checkTied({ reference }: Participants, { saved }: Extracted): readonly Finding[] {
  const names = saved.jobs.map(({ tensor }) => tensor).filter(isInputEmbedding);
  if (names.length === 0 || !isTied(reference)) return [];
  const message = `${list(names)} is also the head of ${reference.name}, and is written whole: PEFT then leaves the head as the base has it.`;
  const advice = 'Have embeddings among what is extracted: an update of them reaches both.';
  return [warning('tied-embedding-saved', message, advice, { tensors: names })];
}

/** PEFT's form knows nothing of pipelines. */
function checkOneModel({ modules, saved }: Extracted): readonly Finding[] {
  if (saved.jobs.length === 0) return [];
  const names = [
    ...modules.map(({ module }) => module.name),
    ...saved.jobs.map(({ tensor }) => tensor),
  ];
  const components = [...new Set(names.map((name) => name.slice(0, name.indexOf('/') + 1)))];
  if (components.length < 2) return [];
  const message = `The merge changes ${count(components.length, 'component')} (${list(components)}), and an adapter in PEFT’s form is of one model.`;
  const advice =
    'Keep the others as the base has them, by a rule under Tensor names, or write a model.';
  return [error('adapter-of-pipeline', message, advice, { tensors: names })];
}
