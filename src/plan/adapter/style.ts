import { type Style, styleOf } from '../../lora/name/naming.ts';
import type { Participants } from '../participants.ts';

/** The naming that a recipe asks for. */
export function styleFor({ recipe, experts }: Pick<Participants, 'recipe' | 'experts'>): Style {
  switch (recipe.output.naming) {
    case 'peft':
      return 'PEFT';
    case 'as the first adapter': {
      const first = experts.find(({ model }) => model.adapter);
      return styleOf(first?.model.adapter?.dialect ?? 'PEFT');
    }
    default:
      return recipe.output.naming;
  }
}
