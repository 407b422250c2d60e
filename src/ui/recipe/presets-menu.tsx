import { SlidersHorizontal } from 'lucide-react';
import { applyPreset } from '../../commands/apply-preset.ts';
import { presets } from '../../recipe/presets.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Menu } from '../kit/menu.tsx';

/** Well-known merges as one press; what is in the way of one stands in its place. */
export function PresetsMenu() {
  const recipe = useRecipe((state) => state.recipe);
  const items = presets.map((preset) => {
    const obstacle = preset.obstacle(recipe);
    return {
      id: preset.id,
      label: preset.title,
      note: obstacle ?? preset.summary,
      disabled: obstacle !== null,
      run: () => applyPreset(session, preset),
    };
  });
  return (
    <Menu
      label="Presets"
      sections={[{ title: 'Set the method and weights for …', items }]}
      trigger={
        <Button look="quiet">
          <SlidersHorizontal aria-hidden /> Presets
        </Button>
      }
    />
  );
}
