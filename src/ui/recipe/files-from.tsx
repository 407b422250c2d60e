import { useId } from 'react';
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
  const donors = useRecipe((state) => state.recipe.donors);
  const base = useRecipe((state) => state.recipe.base);
  const experts = useRecipe((state) => state.recipe.experts);
  const id = useId();
  const models = [...(base ? [base] : []), ...experts.map(({ model }) => model)];
  return (
    <fieldset className="files-from">
      <legend className="small">Files from</legend>
      {roles.map(({ role, label }) => (
        <div className="field-row" key={role}>
          <label htmlFor={`${id}-${role}`}>{label}</label>
          <select
            id={`${id}-${role}`}
            className="select-field"
            value={donors[role] ?? ''}
            onChange={(event) =>
              session.recipe.getState().setDonor(role, event.target.value || null)
            }
          >
            <option value="">{base ? 'the base' : 'the first model'}</option>
            {models.map((model) => (
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
