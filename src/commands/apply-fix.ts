import type { Fix } from '../plan/types.ts';
import type { RecipeState } from '../stores/recipe.ts';
import type { Session } from '../stores/session.ts';

type Fixes = {
  readonly [K in Fix['kind']]: (recipe: RecipeState, fix: Extract<Fix, { kind: K }>) => void;
};

const fixes: Fixes = {
  'set-vocabulary': (recipe, { value }) => recipe.setVocabulary(value),
  'set-small-share': (recipe, { value }) => recipe.setSmallShare(value),
  'set-head': (recipe, { value }) => recipe.setHead(value),
  'set-output-dtype': (recipe, { value }) => recipe.setOutput({ dtype: value }),
  'set-output-as': (recipe, { value }) => recipe.setOutput({ as: value }),
  'set-input-dtype': (recipe, { value }) => recipe.setInputDtype(value),
  'set-method': (recipe, { value }) => recipe.setMethod(value),
  'set-value': (recipe, { key, value }) => recipe.setValue(key, value),
  'set-arithmetic': (recipe, { key, value }) => recipe.setChoice(key, value),
  'remove-rule': (recipe, { rule }) => recipe.removeItem('rules', rule),
  keep: (recipe, { keep }) => recipe.addItems('keeps', [keep], 'front'),
  rename: (recipe, { renames }) => recipe.addItems('renames', renames, 'front'),
  'remove-rename': (recipe, { rename }) => recipe.removeItem('renames', rename),
  'remove-keep': (recipe, { keep }) => recipe.removeItem('keeps', keep),
  'set-donor': (recipe, { role, model }) => recipe.setDonor(role, model),
  'remove-expert': (recipe, { model }) => recipe.removeExpert(model),
};

/** Does what a finding's button says. */
export function applyFix({ recipe }: Session, fix: Fix): void {
  const apply = fixes[fix.kind] as (recipe: RecipeState, fix: Fix) => void;
  apply(recipe.getState(), fix);
}
