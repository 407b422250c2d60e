import type { Fix } from '../plan/types.ts';
import type { RecipeState } from '../stores/recipe.ts';
import type { Session } from '../stores/session.ts';

type Edit = Exclude<Fix, { kind: 'find-on-hub' }>;
type Fixes = {
  readonly [K in Edit['kind']]: (recipe: RecipeState, fix: Extract<Edit, { kind: K }>) => void;
};

const fixes: Fixes = {
  'set-vocabulary': (recipe, { value }) => recipe.setVocabulary(value),
  'set-tokens': (recipe, { value }) => recipe.setTokens({ tokens: value }),
  'set-small-share': (recipe, { value }) => recipe.setSmallShare(value),
  'set-head': (recipe, { value }) => recipe.setHead(value),
  'set-output-dtype': (recipe, { value }) => recipe.setOutput({ dtype: value }),
  'set-output-as': (recipe, { value }) => recipe.setOutput({ as: value }),
  'set-output-naming': (recipe, { value }) => recipe.setOutput({ naming: value }),
  'set-adapters': (recipe, { value }) => recipe.setAdapters(value),
  'set-input-dtype': (recipe, { value }) => recipe.setInputDtype(value),
  'set-extraction': (recipe, { value }) => recipe.setExtraction(value),
  'set-method': (recipe, { value }) => recipe.setMethod(value),
  'set-value': (recipe, { key, value }) => recipe.setValue(key, value),
  'set-arithmetic': (recipe, { key, value }) => recipe.setChoice(key, value),
  'set-slices': (recipe, { value }) => recipe.setSlices(value),
  'remove-rule': (recipe, { rule }) => recipe.removeItem('rules', rule),
  keep: (recipe, { keep }) => recipe.addItems('keeps', [keep], 'front'),
  rename: (recipe, { renames }) => recipe.addItems('renames', renames, 'front'),
  'remove-rename': (recipe, { rename }) => recipe.removeItem('renames', rename),
  'remove-keep': (recipe, { keep }) => recipe.removeItem('keeps', keep),
  'set-donor': (recipe, { role, model }) => recipe.setDonor(role, model),
  'remove-expert': (recipe, { model }) => recipe.removeExpert(model),
};

/** Does what a finding's button says. */
export function applyFix(session: Session, fix: Fix): void {
  if (fix.kind === 'find-on-hub') {
    void showRepo(session, fix.repo);
    return;
  }
  const apply = fixes[fix.kind] as (recipe: RecipeState, fix: Fix) => void;
  apply(session.recipe.getState(), fix);
}

/** The Hub's code is loaded when it is first used. */
async function showRepo(session: Session, repo: string): Promise<void> {
  session.view.getState().open('hub');
  const [{ look }, { search }] = await Promise.all([
    import('./hub/look.ts'),
    import('./hub/search.ts'),
  ]);
  void search(session, { text: repo, kind: 'any', madeFrom: null }, 0);
  await look(session, { repo });
}
