/** What the output's config.json says otherwise than that of the model it is taken from. */
import type { ConfigEdit } from '../formats/edit-config.ts';
import { headEdits } from './labels.ts';
import type { Participants } from './participants.ts';
import { headDonor } from './task-head.ts';

export function configEdits(who: Participants): readonly ConfigEdit[] {
  const donor = headDonor(who);
  return donor ? headEdits(who.donors.config, donor.model) : [];
}
