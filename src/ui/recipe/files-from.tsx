import { useId } from 'react';
import { membersOf } from '../../commands/members.ts';
import { findMethod } from '../../methods/registry.ts';
import { usesBase } from '../../plan/participants.ts';
import { globalValues } from '../../recipe/defaults.ts';
import type { Donors } from '../../recipe/recipe.ts';
import { session, useRecipe } from '../../stores/use-session.ts';

const roles: readonly { readonly role: keyof Donors; readonly label: string }[] = [
  { role: 'config', label: 'Config, code, others' },
  { role: 'tokenizer', label: 'Tokenizer' },
  { role: 'chatTemplate', label: 'Chat template' },
  { role: 'generation', label: 'Generation config' },
];

/** Whose small files the output takes. */
export function FilesFrom() {
  const recipe = useRecipe((state) => state.recipe);
  const id = useId();
  const method = findMethod(recipe.method);
  const isBase = method !== null && usesBase(method, globalValues(recipe, method));
  return (
    <fieldset className="files-from">
      <legend className="small">Files from</legend>
      {roles.map(({ role, label }) => (
        <div className="field-row" key={role}>
          <label htmlFor={`${id}-${role}`}>{label}</label>
          <select
            id={`${id}-${role}`}
            className="select-field"
            value={recipe.donors[role] ?? ''}
            onChange={(event) =>
              session.recipe.getState().setDonor(role, event.target.value || null)
            }
          >
            <option value="">{isBase ? 'the base' : 'the first model'}</option>
            {membersOf(recipe).map((model) => (
              <option key={model.id} value={model.id}>
                {model.name}
              </option>
            ))}
          </select>
        </div>
      ))}
    </fieldset>
  );
}
