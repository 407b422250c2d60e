import type { Fix } from '../plan/types.ts';
import type { Session } from '../stores/session.ts';

/** Does what a finding's button says. */
export function applyFix({ recipe }: Session, fix: Fix): void {
  const edit = recipe.getState();
  switch (fix.kind) {
    case 'set-vocabulary':
      return edit.setVocabulary(fix.value);
    case 'set-method':
      return edit.setMethod(fix.value);
    case 'set-value':
      return edit.setValue(fix.key, fix.value);
    case 'set-arithmetic':
      return edit.setChoice(fix.key, fix.value);
    case 'remove-rule':
      return edit.removeRule(fix.rule);
    case 'remove-expert':
      return edit.removeExpert(fix.model);
    default:
      fix satisfies never;
  }
}
