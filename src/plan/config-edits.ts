/** What the output's config.json says otherwise than that of the model it is taken from. */
import type { ConfigEdit } from '../formats/edit-config.ts';
import { claimsOf } from './claims/claims.ts';
import type { UnplacedJob } from './jobs.ts';
import { headEdits } from './labels.ts';
import type { Participants } from './participants.ts';
import { headDonor } from './task-head.ts';

export function configEdits(
  who: Participants,
  jobs: readonly UnplacedJob[],
): readonly ConfigEdit[] {
  const model = who.donors.config;
  const donor = headDonor(who);
  return [
    ...(model.config ? claimsOf(model.config, shapesOf(jobs)).flatMap(({ edits }) => edits) : []),
    ...(donor ? headEdits(model, donor.model) : []),
    ...tieEdits(who),
  ];
}

function tieEdits({ recipe, donors }: Participants): readonly ConfigEdit[] {
  if (recipe.head === 'as config') return [];
  const value = recipe.head === 'tied';
  const { config } = donors.config;
  const inner = config?.['text_config'] ? [['text_config', 'tie_word_embeddings']] : [];
  return [['tie_word_embeddings'], ...inner].map((path) => ({ path, value }));
}

/** The tensors that the output's config.json speaks of: those of the main component. */
export function shapesOf(jobs: readonly UnplacedJob[]) {
  const own = jobs.filter(({ component }) => component === '');
  return own.map(({ tensor, shape }) => ({ name: tensor, shape }));
}
