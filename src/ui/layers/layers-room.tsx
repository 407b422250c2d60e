import { findMethod } from '../../methods/registry.ts';
import { usesBase } from '../../plan/participants.ts';
import { globalValues } from '../../recipe/defaults.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import {
  asTheyAre,
  type Layered,
  repeatedMiddle,
  stackedHalves,
} from '../../recipe/slice-presets.ts';
import { type Depths, depthsOf } from '../../stores/depths.ts';
import { session, useModels, useRecipe } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { SliceColumn } from './slice-column.tsx';
import './layers.css';

export default function LayersRoom() {
  const recipe = useRecipe((state) => state.recipe);
  const slots = useModels((state) => state.slots);
  const depths = depthsOf(recipe, slots);
  return recipe.slices === null ? (
    <Beginnings recipe={recipe} depths={depths} />
  ) : (
    <SliceColumn recipe={recipe} slices={recipe.slices} depths={depths} />
  );
}

/** What it is for, and where to begin. */
function Beginnings({ recipe, depths }: { readonly recipe: Recipe; readonly depths: Depths }) {
  const edit = session.recipe.getState();
  const known = recipe.experts.flatMap(({ model }): Layered[] => {
    const depth = depths.get(model.id) ?? null;
    return depth === null || depth < 1 ? [] : [{ model, depth }];
  });
  const [first, second] = known;
  const method = findMethod(recipe.method);
  const hasBase = method !== null && usesBase(method, globalValues(recipe, method));
  const least = Math.min(...known.map(({ depth }) => depth));
  return (
    <>
      <p className="param-help">
        Makes the output from layers of your choice: repeat some, leave some out, or stack those of
        several models.
      </p>
      <div className="layer-starts">
        <Button
          isDisabled={!first}
          onPress={() => first && edit.replace(repeatedMiddle(recipe, first))}
        >
          Repeat the middle{first ? ` of ${first.model.name}` : ''}
        </Button>
        <Button
          isDisabled={!second}
          onPress={() => second && edit.replace(stackedHalves(recipe, first, second))}
        >
          Stack halves{second ? `: ${first.model.name}, ${second.model.name}` : ' of two models'}
        </Button>
        <Button
          look="quiet"
          isDisabled={!first}
          onPress={() => edit.replace(asTheyAre(recipe, least, hasBase))}
        >
          Begin with the layers as they are
        </Button>
      </div>
      {!first && (
        <p className="param-help">It needs an open expert whose config.json tells its layers.</p>
      )}
    </>
  );
}
