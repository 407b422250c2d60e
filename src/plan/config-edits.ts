/** What the output's config.json says otherwise than that of the model it is taken from. */
import type { ConfigEdit } from '../formats/edit-config.ts';
import { claimsOfOutput } from './claims/of-models.ts';
import type { UnplacedJob } from './jobs.ts';
import { headEdits } from './labels.ts';
import type { Participants } from './participants.ts';
import { layerEdits } from './stack/config.ts';
import { headDonor } from './task-head.ts';
import { idEdits } from './tokens/files.ts';

export function configEdits(
  who: Participants,
  jobs: readonly UnplacedJob[],
  component: string,
): readonly ConfigEdit[] {
  const claims = claimsOfOutput(who, jobs).get(component) ?? [];
  const made = claims.flatMap(({ edits }) => edits);
  if (component !== '') return made;
  const donor = headDonor(who);
  const { config } = who.donors;
  const ofTokens = idEdits(who, config, config.config ?? {});
  return [
    ...layerEdits(who),
    ...(donor ? headEdits(who.donors.config, donor.model) : []),
    ...made,
    ...tieEdits(who),
    ...ofTokens,
  ];
}

function tieEdits({ recipe, donors }: Participants): readonly ConfigEdit[] {
  if (recipe.head === 'as config') return [];
  const value = recipe.head === 'tied';
  const { config } = donors.config;
  const inner = config?.['text_config'] ? [['text_config', 'tie_word_embeddings']] : [];
  return [['tie_word_embeddings'], ...inner].map((path) => ({ path, value }));
}
