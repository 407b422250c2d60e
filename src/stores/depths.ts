/** How many layers the models of a recipe have, as far as their config.json tells. */
import { configFacts } from '../formats/config.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { type ModelsState, openModel } from './models.ts';

export type Depths = ReadonlyMap<string, number | null>;

/** By model id, the base first. Adapters have the layers of the base; null where nobody says. */
export function depthsOf(
  { base, experts }: Pick<Recipe, 'base' | 'experts'>,
  slots: ModelsState['slots'],
): Depths {
  const depthOf = (id: string) => {
    const config = openModel(slots, id)?.config;
    return config ? configFacts(config).layers : null;
  };
  const ofBase = base && depthOf(base.id);
  return new Map([
    ...(base ? [[base.id, ofBase] as const] : []),
    ...experts.map(({ model }) => {
      const isAdapter = Boolean(openModel(slots, model.id)?.adapter);
      return [model.id, isAdapter ? ofBase : depthOf(model.id)] as const;
    }),
  ]);
}
