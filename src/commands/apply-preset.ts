import type { Preset } from '../recipe/presets.ts';
import type { Session } from '../stores/session.ts';

/** Sets method and weights of a well-known merge on the models that are there. */
export function applyPreset({ recipe, view }: Session, preset: Preset): void {
  const before = recipe.getState().recipe;
  const obstacle = preset.obstacle(before);
  if (obstacle) {
    view.getState().tell(`${preset.title}: ${obstacle}`);
    return;
  }
  recipe.getState().replace(preset.apply(before));
  view.getState().tell(`${preset.title}: ${preset.summary}`, true);
  view.getState().showTab('method');
}
